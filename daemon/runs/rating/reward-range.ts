import { resolveConfig } from "../../config/load.ts";
import type { ScoreRange } from "../../judge/agreement/scale.ts";
import type { RunRecord } from "../../store/records.ts";

/** Between which values a run's rewards lie. Runs of earlier versions don't say it: there it follows from their config. */
export function rewardRange({ judges, config }: Pick<RunRecord, "judges" | "config">): ScoreRange {
  if (judges) return judges.reward;
  const { reward, model, ensemble } = resolveConfig(config).judge;
  const isLogit = model.output === "logit";
  if (reward.kind === "model" && isLogit) return { low: null, high: null };
  if (reward.kind !== "ensemble") return { low: 0, high: 1 };
  if (ensemble.model.weight > 0 && isLogit) return { low: null, high: null };
  const { on_missing: onMissing, ...members } = ensemble;
  const asked = Object.values(members).filter(({ weight }) => weight > 0);
  if (onMissing === "rest") return { low: 0, high: Math.max(...asked.map(({ scale }) => scale)) };
  const total = asked.reduce((sum, { weight }) => sum + weight, 0);
  return { low: 0, high: asked.reduce((sum, { weight, scale }) => sum + weight * scale, 0) / total };
}
