import type { Scorer } from "../../judge/scorer.ts";
import type { JudgeRecord, RunRecord } from "../../store/records.ts";
import type { Game } from "../game.ts";

/** Who scores in a game, as its run records it; undefined where nobody's score is learned from. */
export function judgeRecords(game: Game): RunRecord["judges"] {
  if (game.kind === "imitation") return undefined;
  const { reward, selfReward } = game;
  return { reward: judgeRecord(reward), ...(selfReward && { selfReward: judgeRecord(selfReward) }) };
}

function judgeRecord({ name, range: [low, high] }: Pick<Scorer, "name" | "range">): JudgeRecord {
  return { name, low: recordedBound(low), high: recordedBound(high) };
}

/** JSON has no infinity: null is no bound. */
function recordedBound(bound: number): number | null {
  return Number.isFinite(bound) ? bound : null;
}
