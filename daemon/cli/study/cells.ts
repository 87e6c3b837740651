import { type MeasureKey, measures } from "../../studies/measures.ts";
import { type ArmResult, type Degeneration, degenerations } from "../../studies/results.ts";
import { fixed, percent } from "../../text/numbers.ts";

/** A measure's value as tables show it: shares in percent, small numbers with more digits. */
export function measureText(key: MeasureKey, value: number | null): string {
  if (measures[key].format === "share") return percent(value, 0);
  return fixed(value !== null && Math.abs(value) < 0.1 ? 3 : 2)(value);
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
export function degenerateText({ counted }: ArmResult): string {
  if (counted.length === 0) return "–";
  const degenerate = counted.filter((run) => run.degenerate.length > 0);
  if (degenerate.length === 0) return "no";
  const signs = signsOf(degenerate.flatMap((run) => run.degenerate));
  return `${degenerate.length} of ${counted.length}: ${signs.join(", ")}`;
}

/** Each sign once, in the order in which they are explained. */
function signsOf(found: readonly Degeneration[]): string[] {
  return Object.keys(degenerations).filter((sign) => found.some((each) => each === sign));
}
