import type { RoundDocument } from "../../documents/round-document.ts";
import type { TextPlace } from "../../documents/text-place.ts";
import type { AlarmRecord } from "../../store/records.ts";
import { visibleLine } from "../../text/visible.ts";
import type { Suspicion } from "./suspicions.ts";

/** The alarms that began with a round, at each of the samples that show them. Samples that the document leaves out have no place. */
export function alarmsAtSamples({ record, places }: RoundDocument): { place: TextPlace; suspicion: Suspicion }[] {
  return (record.alarms ?? []).flatMap((alarm) =>
    alarm.samples.flatMap(({ query, answer }) => {
      const asked = places.find((place) => place.record.index === query);
      const place = answer === undefined ? asked?.text : asked?.answers.find(({ index }) => index === answer)?.text;
      return place ? [{ place, suspicion: suspicionOf(alarm) }] : [];
    }),
  );
}

function suspicionOf({ kind, severity, sentence }: AlarmRecord): Suspicion {
  return {
    code: `alarm/${kind}`,
    isWarning: severity === "warning",
    message: `Alarm of this round: ${visibleLine(sentence)}`,
    next: "This is one of the samples that show it best.",
  };
}
