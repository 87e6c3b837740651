import type { VNode } from "preact";
import type { Alarm } from "../../../daemon/protocol.ts";
import type { Scale } from "../../shared/scale.ts";
import { alarmAnnouncement } from "../alarms/alarm-text.ts";
import { foremost, groupedBy } from "../alarms/run-alarms.ts";

interface AlarmTrianglesProps {
  readonly alarms: readonly Alarm[];
  readonly x: Scale;
  /** Of the plot: its axis of rounds is at the bottom. */
  readonly height: number;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** A triangle's width and height, px. */
const size = 8;

/** Where alarms began, on a chart's axis of rounds: one triangle for those that would cover each other. */
export function AlarmTriangles({ alarms, x, height, onAlarm }: AlarmTrianglesProps): VNode {
  const places = groupedBy(alarms, ({ round }) => Math.round(x.at(round) / size));
  return (
    <>
      {[...places.values()].map((some) => {
        const first = foremost(some)!;
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the timeline has the same marks as buttons
          <path
            class={`alarm-triangle ${first.severity}`}
            d={`M${(x.at(first.round) - size / 2).toFixed(1)} ${height}l${size / 2} -${size}l${size / 2} ${size}z`}
            onClick={(event) => {
              // The chart would go to the round under the pointer.
              event.stopPropagation();
              onAlarm(first);
            }}
          >
            <title>{some.map(alarmAnnouncement).join("\n")}</title>
          </path>
        );
      })}
    </>
  );
}
