import type { VNode } from "preact";
import type { Alarm } from "../../../daemon/protocol.ts";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import type { QueryRecord } from "../data/records.ts";
import { AlarmSign } from "./alarm-sign.tsx";
import { alarmNames, sampleName } from "./alarm-text.ts";

type Sample = Alarm["samples"][number];

interface AlarmNoticeProps {
  /** Those that began with the round that is shown. */
  readonly alarms: readonly Alarm[];
  /** The round's, in the order in which they are shown and numbered. */
  readonly queries: readonly QueryRecord[];
  readonly onSample: (sample: Sample) => void;
}

/** What began with a round, in a sentence each, and the samples that show it. */
export const AlarmNotice = memo(function AlarmNotice({ alarms, queries, onSample }: AlarmNoticeProps): VNode {
  return (
    <ul class="alarm-notice s" aria-label="Alarms that began with this round">
      {alarms.map(({ kind, severity, sentence, samples }) => (
        <li key={kind} class={severity}>
          <AlarmSign severity={severity} />
          <p>
            <b class={severity === "warning" ? "warn" : ""}>
              {severity === "warning" ? "Alarm" : "Information"}, {alarmNames[kind]}:
            </b>{" "}
            <ModelText text={sentence} />{" "}
            {samples.map((sample, index) => (
              <>
                {index > 0 && " · "}
                <button type="button" class="link" onClick={() => onSample(sample)}>
                  {sampleName(sample, queries)}
                </button>
              </>
            ))}
          </p>
        </li>
      ))}
    </ul>
  );
});
