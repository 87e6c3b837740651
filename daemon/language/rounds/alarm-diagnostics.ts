import type { RoundDocument } from "../../documents/round-document.ts";
import { headOfAlarm } from "../../documents/round-head.ts";
import type { TextPlace } from "../../documents/text-place.ts";
import type { AlarmRecord } from "../../store/records.ts";
import { visibleLine } from "../../text/visible.ts";
import type { Suspicion } from "./suspicions.ts";

/** The alarms that began with a round, at each of the samples that show them. Samples that the document leaves out have no place. */
export function alarmsAtSamples(document: RoundDocument): { place: TextPlace; suspicion: Suspicion }[] {
  const next = "This is one of the samples that show it best.";
  return (document.record.alarms ?? []).flatMap((alarm) =>
    placesOf(alarm, document).map((place) => ({ place, suspicion: suspicionOf(alarm, next) })),
  );
}

/** The alarms of which no sample is in the document, each at its line in the document's head. */
export function alarmsAtHead(document: RoundDocument): { line: number; length: number; suspicion: Suspicion }[] {
  return alarmLines(document).flatMap(({ alarm, line, length }) => {
    if (placesOf(alarm, document).length > 0) return [];
    const next = alarm.samples.length > 0 ? "Its samples are not in this document." : "No single sample shows it.";
    return [{ line, length, suspicion: suspicionOf(alarm, next) }];
  });
}

/** The alarms that began with a round, with their lines in the document's head and how long these are. */
export function alarmLines({ record, text }: RoundDocument): { alarm: AlarmRecord; line: number; length: number }[] {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.startsWith(headOfAlarm));
  return (record.alarms ?? []).map((alarm, i) => ({ alarm, line: first + i, length: lines[first + i]!.length }));
}

function placesOf({ samples }: AlarmRecord, { places }: RoundDocument): TextPlace[] {
  return samples.flatMap(({ query, answer }) => {
    const asked = places.find((place) => place.record.index === query);
    return (answer === undefined ? asked?.text : asked?.answers.find(({ index }) => index === answer)?.text) ?? [];
  });
}

function suspicionOf({ kind, severity, sentence }: AlarmRecord, next: string): Suspicion {
  return {
    code: `alarm/${kind}`,
    isWarning: severity === "warning",
    message: `Alarm of this round: ${visibleLine(sentence)}`,
    next,
  };
}
