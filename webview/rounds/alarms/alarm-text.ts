import type { Alarm } from "../../../daemon/protocol.ts";
import { visibleText } from "../../shared/visible.ts";
import type { QueryRecord } from "../data/records.ts";

/** What a kind of alarm is called in a list. */
export const alarmNames: Readonly<Record<Alarm["kind"], string>> = {
  kl: "KL",
  length: "length",
  repetition: "repetition",
  diversity: "diversity",
  style: "code style",
  judge: "judge",
  contrast: "contrast",
  unscored: "unscored",
  admission: "admission",
};

/** "KL Challenger 1.72": what an alarm is about, and what was seen in a word or two. */
export function alarmTitle({ kind, brief }: Pick<Alarm, "kind" | "brief">): string {
  return brief === undefined ? alarmNames[kind] : `${alarmNames[kind]} ${visibleText(brief)}`;
}

/** "Warning in round 187: …", as it is read to a person who can't see its mark. */
export function alarmAnnouncement({ round, severity, sentence }: Alarm): string {
  return `${severity === "warning" ? "Warning" : "Information"} in round ${round}: ${visibleText(sentence)}`;
}

/** "query 6, answer 4", by the numbers that stand in the table; those that were not admitted are counted on their own. */
export function sampleName({ query, answer }: Alarm["samples"][number], queries: readonly QueryRecord[]): string {
  const isAdmitted = queries.find(({ index }) => index === query)?.admitted === true;
  const place = queries.filter(({ admitted }) => admitted === isAdmitted).findIndex(({ index }) => index === query) + 1;
  if (!isAdmitted) return `not admitted, number ${place}`;
  return answer === undefined ? `query ${place}` : `query ${place}, answer ${answer + 1}`;
}
