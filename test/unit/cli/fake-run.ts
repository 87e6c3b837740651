import { resolveConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { type Phase, phases, type RunEvent } from "../../../daemon/runs/events.ts";
import type { QueryRecord, RoundRecord, RunRecord } from "../../../daemon/store/records.ts";

/** A config as `play` resolves it, with some settings changed. */
export function fakeConfig(settings: Record<string, unknown> = {}): Config {
  return resolveConfig({
    name: "addition",
    "model.path": "builtin:nano",
    "game.task": "addition",
    "game.rounds": 300,
    "algorithm.name": "lsp",
    "algorithm.alpha_challenger": 0.25,
    "judge.self_reward.scale": 0.2857,
    "engine.threads": 2,
    ...settings,
  });
}

export function fakeStarted(
  config: Config,
  changes: Partial<Extract<RunEvent, { type: "started" }>> = {},
): RunEvent & { type: "started" } {
  const run: RunRecord = {
    format: 1,
    id: "addition-20251121-ab12",
    name: config.name,
    createdAt: "2025-11-21T04:00:00.000Z",
    config: { ...config },
    lineage: { root: "addition-20251121-ab12", seed: config.seed, changes: {} },
    versions: {},
    fingerprint: {},
  };
  return {
    type: "started",
    run,
    dir: "/home/runs/addition-20251121-ab12",
    firstRound: 0,
    rounds: config.game.rounds,
    device: "CPU, 2 threads",
    warnings: [],
    ...changes,
  };
}

export function fakeQuery(text: string, answer: string, reward: number | null): QueryRecord {
  const nothing = { tokens: [], logprobs: [], referenceLogprobs: [] };
  const scores = { reward, selfReward: null, advantage: 0 };
  const answers = [{ ...nothing, ...scores, text: answer, stop: "stop" as const }];
  return { ...nothing, index: 0, text, admitted: true, V: null, VQ: null, advantage: 0, expected: "5", answers };
}

/** A finished round of a run that improves; numbers are simple, so that a reader can check them. */
export function fakeRound(config: Config, round: number): Extract<RunEvent, { type: "round" }> {
  const share = round / config.game.rounds;
  const isEvaluated = round % config.eval.every === 0 || round === config.game.rounds;
  const played = {
    "solver/reward": 0.3 + 0.3 * share,
    "solver/self_reward": 4 + share,
    "challenger/difficulty": 0.7 - 0.3 * share,
    "challenger/admitted": 1 - share / 10,
    "solver/kl": 0.1 * share,
  };
  const evaluation = { "eval/accuracy": 0.35 + 0.2 * share, "eval/tasks": 500 };
  const record: RoundRecord = {
    round,
    finishedAt: "2025-11-21T04:00:00.000Z",
    seconds: (round > 0 ? 0.5 : 0) + (isEvaluated ? 1 : 0),
    phases: isEvaluated ? { evaluate: 1 } : {},
    metrics: { ...(round > 0 && played), ...(isEvaluated && evaluation) },
    notes: [],
  };
  const queries =
    round > 0 ? [fakeQuery(`${round}+1`, String(round + (share < 0.5 ? 2 : 1)), share < 0.5 ? 0 : 1)] : [];
  return { type: "round", record, rounds: config.game.rounds, queries };
}

/** The progress events of a round, in order. */
export function fakeProgress(config: Config, round: number): RunEvent[] {
  const { queries, answers, rounds } = config.game;
  const step = (phase: Phase, done: number, total: number): RunEvent => ({
    type: "progress",
    round,
    rounds,
    phase,
    done,
    total,
  });
  return phases
    .filter((phase) => phase !== "evaluate")
    .flatMap((phase) => [step(phase, 0, 1), step(phase, (queries * answers) / 2, queries * answers)]);
}
