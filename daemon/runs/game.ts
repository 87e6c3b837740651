import type { Config } from "../config/schema.ts";
import type { Engine } from "../engine/engine.ts";
import type { Scorer } from "../judge/scorer.ts";
import type { ChatTokenizer } from "../models/tokenizer.ts";
import type { Algorithm } from "../selfplay/algorithm.ts";
import { algorithms } from "../selfplay/registry.ts";
import type { AlgorithmSettings } from "../selfplay/settings.ts";
import { findTask } from "../tasks/registry.ts";
import type { TaskFamily } from "../tasks/task.ts";
import { judgesOf } from "./judges.ts";

/** Everything a round needs and does not change: the players' engine, the rules, the judges. */
export interface Game {
  readonly config: Config;
  readonly engine: Engine;
  readonly tokenizer: ChatTokenizer;
  readonly task: TaskFamily;
  readonly algorithm: Algorithm;
  readonly settings: AlgorithmSettings;
  /** R. */
  readonly reward: Scorer;
  /** R_Q, where the algorithm asks for it. */
  readonly selfReward: Scorer | undefined;
  /** Seed of the lineage's root: keys all sampling noise. */
  readonly seed: number;
}

/** Composes a game from its config. */
export function composeGame(config: Config, engine: Engine, tokenizer: ChatTokenizer, seed: number): Game {
  const algorithm = algorithms[config.algorithm.name];
  const task = findTask(config.game.task, config.challenger);
  return {
    config,
    engine,
    tokenizer,
    task,
    algorithm,
    settings: settingsOf(config),
    ...judgesOf({ config, task, engine, tokenizer }),
    seed,
  };
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
