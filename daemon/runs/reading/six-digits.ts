/** The largest power of ten that is a number without rounding. */
const largestScale = 1e22;

/**
 * A number to six significant digits, and so short in JSON: more can't be seen in a chart. Whole numbers stay as they are, others
 * above a million become whole ones, and what is much nearer to 0 than 10⁻²² becomes 0.
 */
export function sixDigits(value: number): number {
  if (Number.isInteger(value)) return value;
  let scale = 1;
  for (let size = Math.abs(value); size < 100_000 && scale < largestScale; size *= 10) scale *= 10;
  // Of two whole numbers, the quotient is the number that is nearest to the decimal.
  return Math.round(value * scale) / scale;
}
