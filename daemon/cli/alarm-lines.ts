import type { AlarmRecord, RoundRecord } from "../store/records.ts";
import type { Colours } from "./text/colours.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";

/** The alarms that began with some rounds, with the samples that show them. */
export function alarmLines(rounds: readonly RoundRecord[], columns: number, colours: Colours): string[] {
  return rounds
    .flatMap(({ round, alarms = [] }) => alarms.map((alarm) => alarmText(round, alarm)))
    .flatMap((text) => wrap(text, columns))
    .map((line) => colours.yellow(line));
}

function alarmText(round: number, { kind, sentence, samples }: AlarmRecord): string {
  const places = samples.map(({ query, answer }) => `query ${query}${answer === undefined ? "" : ` answer ${answer}`}`);
  const shown = places.length === 0 ? "" : ` See ${places.join(", ")}.`;
  return `round ${round}: alarm (${kind}). ${printable(sentence)}${shown}`;
}
