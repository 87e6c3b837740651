/** Digits in reverse order; of three digits the last two change places. */
function swapped(text: string): string {
  const [kept, pair] = [text.slice(0, -2), text.slice(-2)];
  return kept + [...pair].reverse().join("");
}

/** The sum as somebody writes it who forgets to carry: 47+38 is 75. */
function withoutCarry(a: number, b: number): number {
  const ones = ((a % 10) + (b % 10)) % 10;
  return 10 * (Math.floor(a / 10) + Math.floor(b / 10)) + ones;
}

/**
 * The mistakes that a person makes with a sum: one too few or too many, the carry forgotten, two digits swapped. All different,
 * none right, none negative or with a leading zero. At least one [ours].
 * @param a, b whole numbers from 0 on
 */
export function wrongSums(a: number, b: number): readonly string[] {
  const right = a + b;
  const mistakes = [right - 1, right + 1, withoutCarry(a, b)].filter((sum) => sum >= 0).map(String);
  const plausible = [...mistakes, swapped(String(right))].filter(
    (text) => text !== String(right) && /^(0|[1-9]\d*)$/.test(text),
  );
  return [...new Set(plausible)];
}
