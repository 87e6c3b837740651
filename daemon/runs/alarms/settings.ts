import type { Config } from "../../config/schema.ts";
import type { AlarmKind } from "../../store/records.ts";

export type AlarmSettings = Config["alarms"];

/** What is done about an alarm; `off`: it is not looked for. */
export type AlarmAction = AlarmSettings["action"];

/** What is done about alarms of a kind. */
export function actionOf(kind: AlarmKind, settings: AlarmSettings): AlarmAction {
  return settings[kind].action ?? settings.action;
}

/** The judge that the policy may learn to please, and what it is held against. */
export interface WatchedJudge {
  /** Its mean score in a round. */
  readonly metric: "solver/reward" | "solver/self_reward";
  /** How far its scores can be apart; 1 where they have no bounds. */
  readonly span: number;
  /** Whether a verifier scores the same answers, as `solver/reward`. */
  readonly besideVerifier: boolean;
}

/** What of a game of rewards an alarm depends on. */
interface Judged {
  readonly config: { readonly judge: { readonly reward: { readonly kind: string } } };
  readonly reward: Ranged;
  readonly selfReward: Ranged | undefined;
}

interface Ranged {
  readonly range: readonly [low: number, high: number];
}

/**
 * A reward that is no verifier's; beside a verifier, or where pairs are compared and the mean is always ½, the self-reward; undefined where
 * there is neither.
 */
export function watchedJudge({ config, reward, selfReward }: Judged): WatchedJudge | undefined {
  const { kind } = config.judge.reward;
  if (kind !== "verifier" && kind !== "pairwise") {
    return { metric: "solver/reward", span: spanOf(reward), besideVerifier: false };
  }
  return selfReward && { metric: "solver/self_reward", span: spanOf(selfReward), besideVerifier: kind === "verifier" };
}

function spanOf({ range: [low, high] }: Ranged): number {
  return Number.isFinite(high - low) ? high - low : 1;
}
