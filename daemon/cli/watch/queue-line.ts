import type { DaemonClient } from "../../client/client.ts";
import type { RunOverview } from "../../protocol.ts";
import { holdsDevice } from "../states.ts";

/** What a queued run waits for, in words; undefined where it is about to start. */
export async function queueLine(
  client: DaemonClient,
  { id, queuePlace = 1 }: RunOverview,
): Promise<string | undefined> {
  const { runs } = await client.request("sparring/run/list", {});
  const holder = runs.find((each) => each.id !== id && holdsDevice(each.state));
  if (!holder) return undefined;
  const between = queuePlace === 1 ? "" : queuePlace === 2 ? " and 1 more" : ` and ${queuePlace - 1} more`;
  const where = `${holder.id} (round ${holder.round ?? 0} of ${holder.rounds})`;
  const paused = holder.state === "paused" ? " That one is paused: resume or stop it, or this one waits." : "";
  return `${id} is queued behind ${where}${between}.${paused}`;
}
