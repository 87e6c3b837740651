import type { ProblemRecord, RoundRecord } from "../../store/records.ts";
import { type AlarmSettings, actionOf } from "./settings.ts";

/** Why a run pauses itself after a round; undefined where no alarm that began with it asks for that. */
export function pausingProblem(
  { round, alarms = [] }: Pick<RoundRecord, "round" | "alarms">,
  settings: AlarmSettings,
): ProblemRecord | undefined {
  const pausing = alarms.filter(({ kind }) => actionOf(kind, settings) === "pause");
  if (pausing.length === 0) return undefined;
  return {
    code: "run/alarm",
    message: `The run paused itself after round ${round}: ${pausing.map(({ sentence }) => sentence).join(" ")}`,
    next: "Look at the round's samples; then resume the run, which this alarm does not stop again unless it has been over meanwhile, or fork from a checkpoint before with other settings.",
  };
}
