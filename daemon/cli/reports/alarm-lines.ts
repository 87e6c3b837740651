import type { AlarmRecord, RoundRecord } from "../../store/records.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";

/** The alarms that began with some rounds of a run, with the samples that show them and the command that prints these. */
export function alarmLines(
  run: string,
  rounds: readonly RoundRecord[],
  { columns, colours, invocation }: Style,
): string[] {
  return rounds
    .flatMap(({ round, alarms = [] }) =>
      alarms.map((alarm) => alarmText(alarm, round, `${invocation} show ${run} --samples ${round}`)),
    )
    .flatMap((text) => wrap(text, columns))
    .map((line) => colours.yellow(line));
}

function alarmText({ kind, sentence, samples }: AlarmRecord, round: number, command: string): string {
  const places = samples.map(({ query, answer }) => `query ${query}${answer === undefined ? "" : ` answer ${answer}`}`);
  const shown = places.length === 0 ? "" : ` See ${places.join(", ")}: \`${command}\``;
  return `round ${round}: alarm (${kind}). ${printable(sentence)}${shown}`;
}
