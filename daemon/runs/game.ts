import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/engine.ts";
import type { Scorer } from "../judge/scorer.ts";
import type { ChatTokenizer } from "../models/tokenizer.ts";
import type { Algorithm } from "../selfplay/algorithm.ts";
import type { ImitationAlgorithm } from "../selfplay/imitation.ts";
import { type AlgorithmName, algorithms, imitationAlgorithms, isImitation } from "../selfplay/registry.ts";
import type { AlgorithmSettings } from "../selfplay/settings.ts";
import type { TaskFamily } from "../tasks/task.ts";
import { type Judges, judgesOf } from "./judging/judges.ts";
import type { OutsideJudges } from "./judging/outside-judges.ts";

/** What both kinds of games have. */
interface Rules {
  readonly config: Config;
  readonly engine: Engine;
  readonly tokenizer: ChatTokenizer;
  readonly task: TaskFamily;
  readonly outside: OutsideJudges;
  /** Seed of the lineage's root: keys all sampling noise. */
  readonly seed: number;
  /** Who of the judges is asked for the seven criteria. */
  readonly rubrics: Judges["rubrics"];
}

/** A game of rewards: everything a round needs and does not change. */
export interface SelfPlayGame extends Rules {
  readonly kind: "self-play";
  readonly algorithm: Algorithm;
  readonly settings: AlgorithmSettings;
  /** R. */
  readonly reward: Scorer;
  /** R_Q, where the algorithm asks for it. */
  readonly selfReward: Scorer | undefined;
}

/** Imitation of data; its settings depend on the iteration, see `imitation/settings.ts`. */
export interface ImitationGame extends Rules {
  readonly kind: "imitation";
  readonly algorithm: ImitationAlgorithm;
}

export type Game = SelfPlayGame | ImitationGame;

/** Composes a game from its config. @param task the family that it names, see `openTask` */
export function composeGame(
  config: Config,
  task: TaskFamily,
  engine: Engine,
  tokenizer: ChatTokenizer,
  seed: number,
  outside: OutsideJudges,
): Game {
  const { name } = config.algorithm;
  const rules = { config, engine, tokenizer, task, outside, seed };
  if (isImitation(name)) {
    return { ...rules, kind: "imitation", algorithm: imitationAlgorithms[name], rubrics: [] };
  }
  return { ...rules, kind: "self-play", ...rewardRules(rules, name) };
}

function rewardRules(
  { config, engine, tokenizer, task, outside }: Omit<Rules, "rubrics">,
  name: AlgorithmName,
): Pick<SelfPlayGame, "algorithm" | "settings" | "reward" | "selfReward" | "rubrics"> {
  const algorithm = algorithms[name];
  return { algorithm, settings: settingsOf(config), ...judgesOf({ config, task, engine, tokenizer, outside }) };
}

/** The part of a config that the algorithms read, under their names. */
export function settingsOf(config: Config): AlgorithmSettings {
  const { algorithm, kl, challenger, judge, admission, solver } = config;
  return {
    beta: kl.beta,
    klEstimator: kl.estimator,
    alphaChallenger: algorithm.alpha_challenger,
    selfRewardScale: judge.self_reward.scale,
    objective: challenger.objective,
    onReject: admission.on_reject,
    rejectMargin: admission.margin,
    normalization: algorithm.normalization,
    updatesPerRound: algorithm.updates_per_round,
    epsilonLow: algorithm.epsilon_low,
    epsilonHigh: algorithm.epsilon_high,
    maxAnswerTokens: solver.max_tokens,
    maskTruncated: algorithm.mask_truncated,
  };
}
