import type { RunFacts } from "../../../daemon/cli/watch/run-view.ts";
import { resolveConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import type { Progress, RunOverview } from "../../../daemon/protocol.ts";
import { phases } from "../../../daemon/runs/events.ts";
import type { QueryRecord, RoundRecord } from "../../../daemon/store/records.ts";

export const fakeId = "addition-20251121-ab12";

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

export function fakeOverview(config: Config = fakeConfig(), changes: Partial<RunOverview> = {}): RunOverview {
  return {
    id: fakeId,
    name: config.name,
    state: "running",
    since: "2025-11-21T04:00:00.000Z",
    createdAt: "2025-11-21T04:00:00.000Z",
    algorithm: config.algorithm.name,
    task: config.game.task,
    model: config.model.path,
    seed: config.seed,
    round: null,
    rounds: config.game.rounds,
    accuracy: null,
    ratings: 0,
    ...changes,
  };
}

/** What `run/get` tells of a run that begins. */
export function fakeFacts(config: Config = fakeConfig(), changes: Partial<RunFacts> = {}): RunFacts {
  const overview = changes.overview ?? fakeOverview(config);
  return {
    overview,
    dir: `/home/runs/${overview.id}`,
    config: { ...config },
    lineage: { root: overview.id, seed: config.seed, changes: {} },
    record: null,
    checkpoints: [],
    progress: fakeProgress(config, 0)[0]!,
    notes: [],
    ...changes,
  };
}

/** Seconds of a round of a fake run: half a one, and one for an evaluation. */
export function fakeSeconds(config: Config, round: number): number {
  return (round > 0 ? 0.5 : 0) + (isEvaluated(config, round) ? 1 : 0);
}

function isEvaluated({ eval: { every }, game: { rounds } }: Config, round: number): boolean {
  return round % every === 0 || round === rounds;
}

/** Snapshots of a round's phases, at each one's beginning and middle. */
export function fakeProgress(config: Config, round: number, id = fakeId): Progress[] {
  const { queries, answers, rounds } = config.game;
  const before = Array.from({ length: round }, (_, each) => fakeSeconds(config, each)).reduce((a, b) => a + b, 0);
  const after = Array.from({ length: rounds - round + 1 }, (_, each) => fakeSeconds(config, round + each));
  const snapshot = (phase: string, done: number, total: number): Progress => ({
    run: id,
    state: "running",
    round,
    rounds,
    finished: round === 0 ? null : round - 1,
    phase,
    done,
    total,
    phaseSeconds: 0,
    usualPhaseSeconds: null,
    elapsedSeconds: before,
    remainingSeconds: round < 2 ? null : after.reduce((a, b) => a + b, 0),
    device: "CPU, 2 threads",
  });
  return phases
    .filter((phase) => phase !== "evaluate")
    .flatMap((phase) => [snapshot(phase, 0, 1), snapshot(phase, (queries * answers) / 2, queries * answers)]);
}

export function fakeQuery(text: string, answer: string, reward: number | null): QueryRecord {
  const nothing = { tokens: [], logprobs: [], referenceLogprobs: [] };
  const scores = { reward, selfReward: null, advantage: 0 };
  const answers = [{ ...nothing, ...scores, text: answer, stop: "stop" as const }];
  return { ...nothing, index: 0, text, admitted: true, V: null, VQ: null, advantage: 0, expected: "5", answers };
}

/** The queries of a round of a run that improves. */
export function fakeQueries(config: Config, round: number): QueryRecord[] {
  const isLate = round / config.game.rounds >= 0.5;
  return round === 0 ? [] : [fakeQuery(`${round}+1`, String(round + (isLate ? 1 : 2)), isLate ? 1 : 0)];
}

/** A finished round of a run that improves; numbers are simple, so that a reader can check them. */
export function fakeRound(config: Config, round: number): RoundRecord {
  const share = round / config.game.rounds;
  const played = {
    "solver/reward": 0.3 + 0.3 * share,
    "solver/self_reward": 4 + share,
    "challenger/difficulty": 0.7 - 0.3 * share,
    "challenger/admitted": 1 - share / 10,
    "solver/kl": 0.1 * share,
  };
  const evaluation = { "eval/accuracy": 0.35 + 0.2 * share, "eval/tasks": 500 };
  return {
    round,
    finishedAt: "2025-11-21T04:00:00.000Z",
    seconds: fakeSeconds(config, round),
    phases: isEvaluated(config, round) ? { evaluate: 1 } : {},
    metrics: { ...(round > 0 && played), ...(isEvaluated(config, round) && evaluation) },
    notes: [],
  };
}
