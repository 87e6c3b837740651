import type { Measure } from "../../studies/measures.ts";
import type { ArmResult } from "../../studies/results.ts";
import type { Study } from "../../studies/study.ts";
import { fixed, percent } from "../../text/numbers.ts";

/** A measure's value as tables show it: shares in percent, counts whole, small numbers with more digits. */
export function measureText({ format }: Pick<Measure, "format">, value: number | null): string {
  if (format === "share") return percent(value, 0);
  if (format === "count") return fixed(0)(value);
  return fixed(value !== null && Math.abs(value) < 0.1 ? 3 : 2)(value);
}

/** What an arm's runs have of a measure. */
export function armMeasureText(measure: Measure, { values }: ArmResult): string {
  return measureText(measure, values[measure.key]?.[measure.ofRuns] ?? null);
}

/** How many of an arm's runs the numbers are of; marked where those are not finished. */
export function seedsText({ planned, finished, counted }: ArmResult): string {
  if (finished === planned) return String(finished);
  return counted.length > finished ? `${counted.length} of ${planned} *` : `${finished} of ${planned}`;
}

/** What the mark of `seedsText` means. */
export const unfinishedNote =
  "* no run of this arm is finished: the numbers are of those under way, at their newest evaluation.";

/** Whether an arm has that mark. */
export function isMarked({ finished, counted }: ArmResult): boolean {
  return counted.length > finished;
}

/** "61.2 – 69.4", in percent; nothing for one run, which has no range. */
export function rangeText({ end, counted }: ArmResult): string {
  return end && counted.length > 1 ? `${fixed(1)(end.low * 100)} – ${fixed(1)(end.high * 100)}` : "";
}

/** "2 of 3: worse, rejected", with every sign that holds in one of the runs; "no" where none does. */
export function wrongText({ instrument }: Pick<Study, "instrument">, { counted }: ArmResult): string {
  if (counted.length === 0) return "–";
  const wrong = counted.filter(({ signs }) => signs.length > 0);
  if (wrong.length === 0) return "no";
  // Each sign once, in the order in which they are explained.
  const names = instrument.signs
    .map(({ name }) => name)
    .filter((name) => wrong.some(({ signs }) => signs.includes(name)));
  return `${wrong.length} of ${counted.length}: ${names.join(", ")}`;
}
