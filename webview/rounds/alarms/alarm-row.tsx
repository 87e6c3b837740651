import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Alarm } from "../../../daemon/protocol.ts";
import { memo } from "../../shared/memo.ts";
import { useWidth } from "../../shared/use-size.ts";
import { timelineInset, timelineScale } from "../timeline/timeline-layout.ts";
import { type AlarmMark, alarmOfPress, layoutAlarms } from "./alarm-layout.ts";
import { AlarmSign } from "./alarm-sign.tsx";
import { alarmAnnouncement } from "./alarm-text.ts";

interface AlarmRowProps {
  readonly alarms: readonly Alarm[];
  /** The last round of the plan, where the timeline ends. */
  readonly rounds: number;
  readonly selected: number;
  readonly onAlarm: (alarm: Alarm) => void;
}

/** Sentences under the pointer or the keyboard's focus; the rest is in the list of alarms. */
const mostTold = 3;

/**
 * A run's alarms above its timeline, each where it began. One mark is in the order of the keyboard, the newest up to the selected
 * round: [ and ] go from one to the next.
 */
export const AlarmRow = memo(function AlarmRow({ alarms, rounds, selected, onAlarm }: AlarmRowProps): VNode {
  const frame = useRef<HTMLDivElement>(null);
  const width = Math.max(0, useWidth(frame) - 2 * timelineInset);
  const marks = useMemo(
    () => (width === 0 ? [] : layoutAlarms(alarms, timelineScale(rounds, width).at, width, selected)),
    [alarms, rounds, width, selected],
  );
  const reached = marks.findLast(({ alarms: [first] }) => first!.round <= selected) ?? marks[0];
  return (
    <section ref={frame} class="alarm-row s" aria-label="Alarms on the timeline">
      {marks.map((mark) => (
        <Mark
          key={mark.alarms[0]!.round}
          mark={mark}
          isReached={mark === reached}
          isInRightHalf={mark.x > width / 2}
          onPress={() => onAlarm(alarmOfPress(mark, selected))}
        />
      ))}
    </section>
  );
});

interface MarkProps {
  readonly mark: AlarmMark;
  readonly isReached: boolean;
  readonly isInRightHalf: boolean;
  readonly onPress: () => void;
}

function Mark({ mark, isReached, isInRightHalf, onPress }: MarkProps): VNode {
  const { x, alarms, first, label } = mark;
  const told = alarms.slice(0, mostTold).map(alarmAnnouncement);
  const more = alarms.length - told.length;
  const whole = more > 0 ? [...told, `and ${more} more`] : told;
  return (
    <button
      type="button"
      class={`bare alarm-mark ${first.severity}`}
      style={{ left: `${timelineInset + x}px` }}
      tabIndex={isReached ? 0 : -1}
      aria-label={[...(label ? [`${label.text}.`] : []), ...whole].join(" ")}
      onClick={onPress}
    >
      <AlarmSign severity={first.severity} />
      {label && <span class={`label ${label.side}`}>{label.text}</span>}
      <span class={`tip ${isInRightHalf ? "to-left" : ""}`} aria-hidden="true">
        {whole.map((sentence) => (
          <span>{sentence}</span>
        ))}
      </span>
    </button>
  );
}
