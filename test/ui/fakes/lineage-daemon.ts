import type { Method, ParamsOf, RunOverview } from "../../../daemon/protocol.ts";
import { overview } from "./overview.ts";

/** A run of a made-up lineage. */
export interface FakeRun {
  readonly overview: RunOverview;
  readonly checkpoints: readonly number[];
  readonly changes: Readonly<Record<string, readonly [unknown, unknown]>>;
  /** Held-out accuracy after a round. */
  readonly accuracy: (round: number) => number;
}

/** A daemon with some runs, in memory. */
export class LineageDaemon {
  runs: readonly FakeRun[];
  readonly asked: { readonly method: Method; readonly params: unknown }[] = [];

  constructor(runs: readonly FakeRun[]) {
    this.runs = runs;
  }

  answer(method: Method, params: unknown): unknown {
    this.asked.push({ method, params });
    if (method === "sparring/run/list") return { runs: this.runs.map((run) => run.overview), next: null };
    const run = this.runs.find((each) => each.overview.id === (params as { run: string }).run);
    if (!run) throw new Error(`no such run for ${method}`);
    if (method === "sparring/run/get") return details(run);
    if (method === "sparring/round/series") return seriesOf(run, (params as ParamsOf<"sparring/round/series">).metrics);
    throw new Error(`this daemon has no answer to ${method}`);
  }
}

function details({ overview: about, checkpoints, changes }: FakeRun): unknown {
  return {
    overview: about,
    checkpoints: checkpoints.map((round) => ({ round, bytes: 148_000_000, dir: "" })),
    lineage: { root: "grpo-warm", seed: 0, changes, ...(about.parent && { parent: about.parent }) },
  };
}

const evaluatedEvery = 10;

function seriesOf({ overview: { parent, round }, accuracy }: FakeRun, metrics: readonly string[]): unknown {
  if (round === null) return { rounds: [], series: Object.fromEntries(metrics.map((metric) => [metric, []])) };
  const first = parent?.round ?? 0;
  const rounds = Array.from({ length: Math.max(0, round - first + 1) }, (_, i) => first + i);
  const metricAt = (metric: string, at: number): number | null => {
    const isEvaluated = at % evaluatedEvery === 0;
    if (metric === "eval/accuracy") return isEvaluated ? accuracy(at) : null;
    if (metric === "eval/tasks") return isEvaluated ? 600 : null;
    return at === first ? null : ({ "solver/self_reward": 5.4, "solver/kl_sequence": 2.4 }[metric] ?? 0.59);
  };
  return {
    rounds,
    series: Object.fromEntries(metrics.map((metric) => [metric, rounds.map((at) => metricAt(metric, at))])),
  };
}

const every = (step: number, from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, Math.floor((to - from) / step)) }, (_, i) => from + (i + 1) * step);

/** A learning curve that rises from `low` towards `high`. */
const rise = (low: number, high: number, slow: number) => (round: number) =>
  low + (high - low) * (1 - Math.exp(-round / slow)) + 0.006 * Math.sin(round);

/** Seven runs in every kind of state: a root, a fork that trains, forks of it, a fork of a fork. */
export function sevenRuns(): FakeRun[] {
  const base = rise(0.412, 0.65, 200);
  const run = (facts: Pick<RunOverview, "id"> & Partial<RunOverview>, rest: Partial<FakeRun>): FakeRun => ({
    overview: overview(facts),
    checkpoints: [],
    changes: {},
    accuracy: base,
    ...rest,
  });
  return [
    run({ id: "spin-warm", algorithm: "spin", state: "queued", queuePlace: 1, round: null, rounds: 240 }, {}),
    run(
      { id: "lsp-cal", state: "interrupted", round: 487, rounds: 600, parent: { run: "lsp-main", round: 450 } },
      { changes: { "judge.calibration": ["off", "isotonic"] } },
    ),
    run(
      { id: "grpo-polish", algorithm: "grpo", round: 850, rounds: 850, parent: { run: "lsp-b02", round: 700 } },
      {
        checkpoints: every(50, 700, 850),
        changes: { "algorithm.name": ["lsp", "grpo"], "game.task": ["sums", "sums-hard"] },
        accuracy: rise(0.4, 0.69, 260),
      },
    ),
    run(
      { id: "lsp-b02", round: 700, rounds: 700, parent: { run: "lsp-main", round: 350 } },
      { checkpoints: every(50, 350, 700), changes: { "kl.beta": [0.05, 0.02] }, accuracy: rise(0.4, 0.67, 240) },
    ),
    run(
      {
        id: "lsp-zero",
        algorithm: "lsp-zero",
        state: "failed",
        round: 340,
        rounds: 500,
        parent: { run: "lsp-main", round: 300 },
        problem: { code: "engine/not-finite", message: "A gradient is not finite.", next: "Lower optimizer.lr." },
      },
      {
        changes: {
          "algorithm.name": ["lsp", "lsp-zero"],
          "judge.self_reward.scale": [0.2857, null],
          "optimizer.lr": [0.00001, 0.0003],
          seed: [0, 1],
        },
        accuracy: (round) => base(300) - ((round - 300) / 40) ** 2 * 0.19,
      },
    ),
    run(
      { id: "lsp-main", state: "running", round: 512, rounds: 700, parent: { run: "grpo-warm", round: 200 } },
      { checkpoints: every(50, 200, 500), changes: { "algorithm.name": ["grpo", "lsp"], "kl.beta": [0, 0.05] } },
    ),
    run({ id: "grpo-warm", algorithm: "grpo", round: 200, rounds: 200 }, { checkpoints: every(50, 0, 200) }),
  ];
}

/** So many runs: deep chains, wide fans, and some without a round. */
export function manyRuns(n: number): FakeRun[] {
  const runs: FakeRun[] = [];
  for (let i = 0; i < n; i++) {
    const parent = i % 7 === 0 ? undefined : runs[i % 3 === 0 ? Math.floor(i / 2) : i - 1]!.overview;
    const start = parent ? Math.floor((parent.round ?? 0) * 0.8) : 0;
    const end = i % 5 === 4 ? start : start + 40 + ((i * 37) % 90);
    runs.push({
      overview: overview({
        id: `run-${i}`,
        round: i % 5 === 4 && !parent ? null : end,
        rounds: end + (i % 4) * 20,
        state: i % 6 === 5 ? "stopped" : "finished",
        ...(parent && { parent: { run: parent.id, round: start } }),
      }),
      checkpoints: every(20, start, end),
      changes: parent ? { "optimizer.lr": [0.0001, 0.0001 * (1 + (i % 4))] } : {},
      accuracy: rise(0.2, 0.9, 100 + i),
    });
  }
  return runs;
}
