/** Numbers as a person reads them: a true minus sign, a dash for what does not exist, a space before a percent sign. */

/** What stands where there is no number. */
export const none = "–";

/** "0.59", "−1.20"; "–" for null. */
export function fixed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return none;
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** "+0.72", "−0.34", "0.00"; "–" for null. */
export function signed(value: number | null | undefined, digits = 2): string {
  const text = fixed(value, digits);
  return value !== null && value !== undefined && value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A share of 1 as "61.9 %". */
export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? none : `${fixed(100 * share, digits)} %`;
}

/** "1,204". */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Three significant digits without an exponent where that is short: "0.05", "97.3", "1,204", "3e-6". */
export function plain(value: number | null | undefined): string {
  if (value === null || value === undefined) return none;
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e7)) {
    return Number(value.toPrecision(3)).toExponential().replace("e+", "e").replaceAll("-", "−");
  }
  return Number(value.toPrecision(Math.abs(value) >= 1000 ? 7 : 3))
    .toLocaleString("en-US", { maximumFractionDigits: 6 })
    .replace("-", "−");
}

/** Seconds as "0.4 s", "51 s", "3 min 20 s", "2 h 40 min", "3 d 4 h". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const two = (large: number, unit: string, small: number, smallUnit: string): string =>
    small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
  if (s < 600) return two(Math.floor(s / 60), "min", s % 60, "s");
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** "148 MB": powers of 1000. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 || scaled >= 99.95 ? scaled.toFixed(0) : scaled.toFixed(1)} ${units[power]}`;
}

/** "1 query", "3 queries". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
