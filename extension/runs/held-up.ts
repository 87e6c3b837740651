import type { RunOverview } from "../../daemon/protocol.ts";
import { label } from "../text/label.ts";
import type { Notice } from "./notices.ts";
import { isPausedByAlarm } from "./states.ts";

/**
 * Says that a run that was just queued waits for one that is paused, which keeps the device until somebody stops it or goes on with
 * it; undefined where it does not.
 * @param holder the run that it waits for, where it is known
 */
export function heldUpNotice({ id, state }: RunOverview, holder: RunOverview | undefined): Notice | undefined {
  if (state !== "queued" || holder?.state !== "paused") return undefined;
  const paused = isPausedByAlarm(holder) ? "was paused by an alarm" : "is paused";
  return {
    run: holder.id,
    key: `${id} held up by ${holder.id}`,
    level: "warning",
    text: label(
      `${id} waits for ${holder.id}, which ${paused} and keeps the device. Stopped, it can be resumed after its last finished round.`,
    ),
    actions: [{ title: label(`Stop ${holder.id}`), command: "sparring.stop" }],
  };
}
