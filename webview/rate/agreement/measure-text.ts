import type { Measure } from "../../../daemon/protocol.ts";

/** How a number is written, e.g. with two digits. */
export type Write = (value: number) => string;

/** What stands where the number would: "0.62"; or "too few: 9 of 30"; or "undefined" where no number exists. */
export function numberText(measure: Measure, write: Write): string {
  if (measure.kind === "too-few") return `too few: ${measure.n} of ${measure.of}`;
  return measure.value === null ? "undefined" : write(measure.value);
}

/** The same with what is known of its certainty: "0.62 [0.51, 0.71]", "0.62, no interval: almost all scores are the same". */
export function measureText(measure: Measure, write: Write): string {
  const number = numberText(measure, write);
  if (measure.kind === "estimate") return `${number} [${write(measure.low)}, ${write(measure.high)}]`;
  return measure.kind === "no-interval" ? `${number}, no interval: ${measure.why}` : number;
}

/** A measure's value, where there is one. */
export function numberOf(measure: Measure): number | null {
  return measure.kind === "too-few" ? null : measure.value;
}

/** Why measures have no interval, each reason once: what the notes below a plot say. */
export function reasonsOf(measures: readonly Measure[]): string[] {
  return [...new Set(measures.flatMap((measure) => (measure.kind === "no-interval" ? [measure.why] : [])))];
}

const superscripts = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

/** The mark of a note: "¹" for the first. */
export function noteMark(index: number): string {
  return superscripts[index] ?? `(${index + 1})`;
}
