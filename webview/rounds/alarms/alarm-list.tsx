import type { RefObject, VNode } from "preact";
import type { Alarm } from "../../../daemon/protocol.ts";
import { memo } from "../../shared/memo.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { counted } from "../../shared/numbers.ts";
import { ShowMore, usePaging } from "../paging.tsx";
import { AlarmSign } from "./alarm-sign.tsx";
import { alarmNames } from "./alarm-text.ts";

interface AlarmListProps {
  /** Opened by a key and by a button elsewhere. */
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly alarms: readonly Alarm[];
  /** Kinds that could ring. */
  readonly watched: readonly Alarm["kind"][];
  readonly onAlarm: (alarm: Alarm) => void;
}

const page = 100;

/** All alarms of a run, the newest first. */
export const AlarmList = memo(function AlarmList({ dialog, alarms, watched, onAlarm }: AlarmListProps): VNode {
  const paging = usePaging(alarms.length, page);
  const newest = alarms.slice(alarms.length - paging.shown).reverse();
  return (
    // The panel's keys rest while it is open.
    <dialog ref={dialog} class="alarm-list" aria-label="Alarms" onKeyDown={(event) => event.stopPropagation()}>
      <h2>{alarms.length === 0 ? "No alarm so far" : counted(alarms.length, "alarm")}</h2>
      {alarms.length === 0 ? (
        <p class="dim">
          {watched.length === 0
            ? "This run watches for none: its config has no section alarms, or all of them off."
            : `${watched.length} watched: ${watched.map((kind) => alarmNames[kind]).join(", ")}.`}
        </p>
      ) : (
        <ol>
          {newest.map((alarm) => (
            <li key={`${alarm.round} ${alarm.kind}`}>
              <button
                type="button"
                class="bare"
                onClick={() => {
                  dialog.current?.close();
                  onAlarm(alarm);
                }}
              >
                <span class="num">{alarm.round}</span>
                <AlarmSign severity={alarm.severity} />
                <span class={alarm.severity === "warning" ? "warn" : "dim"}>{alarmNames[alarm.kind]}</span>
                <span>
                  <ModelText text={alarm.sentence} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
      <ShowMore paging={paging} what="alarms" />
      <form method="dialog">
        <button type="submit">Close</button> <span class="s dim">or Esc</span>
      </form>
    </dialog>
  );
});
