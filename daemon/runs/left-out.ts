import { linesOf, type Tally } from "../data/reasons.ts";
import type { RunData } from "../store/records.ts";

/** What was left out of data, for the run's record. */
export function skippedOf(skipped: readonly Tally<string>[]): RunData["skipped"] {
  return skipped.map(({ sentence, count, lines }) => ({ sentence, count, lines: [...lines] }));
}

/** What a person is told of it. */
export function leftOut({ sentence, count, lines }: RunData["skipped"][number]): string {
  const where = linesOf({ reason: "", sentence, count, lines });
  return `${count} ${count === 1 ? "record is" : "records are"} left out, because ${sentence} (${where}).`;
}
