/** Numbers as they stand beside a text: short, with a true minus, and a dash for one that does not exist. */

/** At most `digits` places after the point, without zeros at the end: 1, 0.5, 3.14. */
export function figure(value: number | null, digits = 2): string {
  if (value === null) return "–";
  return String(Number(value.toFixed(digits))).replace("-", "−");
}

/** As `figure`, with a sign: +0.38, −1.2, 0. */
export function signed(value: number, digits = 2): string {
  const text = figure(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}
