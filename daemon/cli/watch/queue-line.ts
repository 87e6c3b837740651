import type { DaemonClient } from "../../client/client.ts";
import type { RunOverview } from "../../protocol.ts";
import { isPausedByAlarm } from "../states.ts";

/**
 * What a queued run waits for, in words; undefined where it is about to start.
 * @param invocation how the reader calls this program
 */
export async function queueLine(
  client: DaemonClient,
  { id, queuePlace = 1, waitsFor }: RunOverview,
  invocation: string,
): Promise<string | undefined> {
  if (waitsFor === undefined) return undefined;
  const { overview: holder } = await client.request("sparring/run/get", { run: waitsFor });
  const between = queuePlace === 1 ? "" : queuePlace === 2 ? " and 1 more" : ` and ${queuePlace - 1} more`;
  const behind = `${id} is queued behind ${holder.id} (round ${holder.round ?? 0} of ${holder.rounds})${between}`;
  if (holder.state !== "paused") return `${behind}.`;
  const paused = isPausedByAlarm(holder) ? "which was paused by an alarm" : "which is paused";
  return `${behind}, ${paused}: stop it with \`${invocation} stop ${holder.id}\`, or go on with it: \`${invocation} resume ${holder.id}\`.`;
}
