/** Numbers in plain text: for terminals, messages of the editor and its documents. */

/** What stands where there is no number: a missing value is never shown as 0. */
const none = "–";

/** A formatter with a fixed number of digits after the point. */
export function fixed(digits: number): (value: number | null) => string {
  return (value) => {
    if (value === null) return none;
    const text = value.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text;
  };
}

/** A formatter with a sign, e.g. "+0.25". */
export function signed(digits: number): (value: number | null) => string {
  return (value) => {
    const text = fixed(digits)(value);
    return value !== null && value > 0 && Number(text) !== 0 ? `+${text}` : text;
  };
}

/** A share in percent, e.g. 0.571 as "57.1 %". */
export function percent(share: number | null, digits = 1): string {
  return share === null ? none : `${fixed(digits)(share * 100)} %`;
}

/** A difference of two shares in points, e.g. "+22.5". */
export function points(difference: number | null): string {
  return signed(1)(difference === null ? null : difference * 100);
}

/** A duration as a clock shows it: "0:07", "12:34", "1:02:03". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A rough duration, e.g. "45 s", "12 min", "3 h 20 min". */
export function roughly(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** How long ago something was, in its largest unit: "12 s", "5 min", "3 h", "9 d". */
export function age(seconds: number): string {
  const units: readonly (readonly [string, number])[] = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
  ];
  const unit = units.find(([, size]) => seconds >= size);
  return unit ? `${Math.floor(seconds / unit[1])} ${unit[0]}` : `${Math.max(0, Math.floor(seconds))} s`;
}

/** A size, e.g. "12.3 MB". */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, count < 1 ? 0 : Math.floor(Math.log10(count) / 3));
  return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
