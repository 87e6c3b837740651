import { fixed } from "./numbers.ts";

/** A judge as a run records it; null is no bound. */
export interface NamedJudge {
  readonly name: string;
  readonly low: number | null;
  readonly high: number | null;
}

/** How a run came to its answers' scores and advantages: what does not stand with each answer. */
export interface Scoring {
  /** Absent in runs of earlier versions. */
  readonly judges?: { readonly reward: NamedJudge; readonly selfReward?: NamedJudge | undefined } | undefined;
  /** What multiplies R_Q before it is added to R. */
  readonly selfRewardScale: number;
  /** Whether advantages are divided by the standard deviation of their group. */
  readonly standardised: boolean;
}

/** One judge's part in an ensemble's reward. */
export interface ScoredPart {
  readonly judge: string;
  readonly value: number | null;
  readonly unscored?: string | undefined;
  readonly weight: number;
  readonly scale: number;
}

/** What is read of an answer's record. */
export interface ScoredAnswer {
  readonly reward: number | null;
  readonly selfReward: number | null;
  readonly rationale?: string | undefined;
  readonly rewardRationale?: string | undefined;
  readonly parts?: readonly ScoredPart[] | undefined;
}

/** How an answer came to one of its scores. */
export interface ScoreOrigin {
  /** R, the reward, or R_Q, the self-reward. */
  readonly letter: "R" | "R_Q";
  readonly value: number | null;
  /** Who gave it, and in which range. */
  readonly by: string;
  /** What that judge said. */
  readonly says: string | undefined;
}

/** The part of a run's config that decides about its advantages. */
export interface AdvantageConfig {
  readonly algorithm: { readonly name: string; readonly normalization: string };
  readonly judge: { readonly self_reward: { readonly scale: number } };
}

/** How a run with this config came to its scores. @param judges as its record has them */
export function scoringOf({ algorithm, judge }: AdvantageConfig, judges: Scoring["judges"]): Scoring {
  const standardised = algorithm.name === "grpo" && algorithm.normalization !== "dr_grpo";
  return { judges, selfRewardScale: judge.self_reward.scale, standardised };
}

/**
 * How an answer came to R, and where the algorithm asks for it to R_Q.
 * @param group all answers to its query, among them this one
 */
export function scoreOrigins(
  answer: ScoredAnswer,
  group: readonly ScoredAnswer[],
  { judges }: Pick<Scoring, "judges">,
): ScoreOrigin[] {
  const { reward, selfReward, rationale, rewardRationale } = answer;
  const isSelfRewarded = asksSelfReward(group, judges);
  const by = (judge: NamedJudge | undefined, otherwise: string): string => (judge ? judgeText(judge) : otherwise);
  const R: ScoreOrigin = {
    letter: "R",
    value: reward,
    by: by(judges?.reward, "reward of the verifier or reward model"),
    says: isSelfRewarded ? rewardRationale : rationale,
  };
  if (!isSelfRewarded) return [R];
  const RQ: ScoreOrigin = {
    letter: "R_Q",
    value: selfReward,
    by: by(judges?.selfReward, "self-reward, 0 to 7"),
    says: rationale,
  };
  return [R, RQ];
}

/** Whether answers have an R_Q. A run of an earlier version does not say it: there one of the group has. */
function asksSelfReward(group: readonly ScoredAnswer[], judges: Scoring["judges"]): boolean {
  return judges ? judges.selfReward !== undefined : group.some(({ selfReward }) => selfReward !== null);
}

/** Who judges, and in which range: "by self-reward, 0 to 7". */
export function judgeText({ name, low, high }: NamedJudge): string {
  const range = low === null && high === null ? "without bounds" : `${low ?? "no bound"} to ${high ?? "no bound"}`;
  return `by ${name}, ${range}`;
}

/**
 * What each judge of an ensemble adds to R, weight·scale·value / Σ weight over those that scored: in sum R. null for one that did
 * not, and for all where R is unscored.
 */
export function sharesOf(reward: number | null, parts: readonly ScoredPart[]): (number | null)[] {
  if (reward === null) return parts.map(() => null);
  const weights = parts.reduce((sum, { value, weight }) => (value === null ? sum : sum + weight), 0);
  return parts.map(({ value, weight, scale }) => (value === null ? null : (weight * scale * value) / weights));
}

/**
 * Where an answer's advantage comes from, as a sentence: how far its r is above its group's mean (the formulas are those of
 * selfplay/algorithms), or why nobody of the group has one.
 * @param index of the answer in its group
 */
export function advantageOrigin(index: number, group: readonly ScoredAnswer[], scoring: Scoring): string {
  const { selfRewardScale: scale, standardised, judges } = scoring;
  const isSelfRewarded = asksSelfReward(group, judges);
  const r = isSelfRewarded ? "r" : "R";
  const totals = group.map(({ reward, selfReward }) => {
    if (!isSelfRewarded || reward === null) return reward;
    return selfReward === null ? null : reward + scale * selfReward;
  });
  const scored = totals.filter((total) => total !== null);
  const own = totals[index]!;
  if (own === null) return "The answer is unscored: it is out of its group's mean, and has no advantage.";
  if (scored.length === 1) {
    return `It is the only one of ${group.length} answers that is scored, and it takes two to compare: it has no advantage.`;
  }
  const formula = isSelfRewarded ? `, with r = R + ${short(scale)}·R_Q` : "";
  if (new Set(scored).size === 1) {
    return `All ${scored.length} scored answers of the group earned the same ${r}, ${three(own)}${formula}: none tells itself apart, so none has an advantage. Nothing is wrong.`;
  }
  const mean = scored.reduce((sum, total) => sum + total, 0) / scored.length;
  const over = `over the ${scored.length} scored of ${group.length} answers${formula}`;
  if (!standardised) return `${r} − mean(${r}) = ${three(own)} − ${three(mean)}, ${over}.`;
  const deviation = Math.sqrt(scored.reduce((sum, total) => sum + (total - mean) ** 2, 0) / (scored.length - 1));
  return `(${r} − mean(${r})) / (std(${r}) + 0.0001) = (${three(own)} − ${three(mean)}) / (${three(deviation)} + 0.0001), ${over}.`;
}

const three = fixed(3);

function short(value: number): number {
  return Number(value.toFixed(4));
}
