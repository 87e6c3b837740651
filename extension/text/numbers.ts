/** What stands where there is no number: a missing value is never shown as 0. */
const none = "–";

/** A number with so many digits after the point. */
export function fixed(value: number | null, digits: number): string {
  if (value === null) return none;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** A number with its sign, e.g. "+0.25". */
export function signed(value: number | null, digits: number): string {
  const text = fixed(value, digits);
  return value !== null && value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** A share in percent, e.g. 0.571 as "57.1 %". */
export function percent(share: number | null): string {
  return share === null ? none : `${fixed(share * 100, 1)} %`;
}

/** A rough duration, e.g. "45 s", "12 min", "3 h 20 min". */
export function roughly(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** A size, e.g. "12.3 MB". */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
