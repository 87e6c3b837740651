/** Held-out accuracy and win rates with real engines: against itself, against its base, by both judges, beside training. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { AbortedError, SparringError } from "../../daemon/errors.ts";
import type { ParamsOf, ResultOf } from "../../daemon/protocol.ts";
import { requests } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { Errand } from "../../daemon/runs/interactive/errand.ts";
import { startRun } from "../../daemon/runs/run.ts";
import { Store } from "../../daemon/store/store.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 16, answers: 8, rounds: 12 }
algorithm: { name: grpo }
solver: { max_tokens: 5 }
optimizer: { lr: 3.0e-4 }
eval: { every: 12, limit: 100 }
checkpoints: { every: 6, keep: 3 }
`;
const configOf = (...overrides: string[]) => parseConfig(text, { file: "eval.yaml", overrides }).config;
const problem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof SparringError && error.code === code && error.next !== "";

describe("eval", () => {
  let home = "";
  let runs: Supervisor;
  const steps: string[] = [];
  const errand: Errand = {
    signal: new AbortController().signal,
    onProgress: (what, done, total) => steps.push(`${what} ${done}/${total}`),
  };
  const evaluate = (
    params: ParamsOf<"sparring/checkpoint/evaluate">,
    changes: Partial<Errand> = {},
  ): Promise<ResultOf<"sparring/checkpoint/evaluate">> =>
    runs.evaluate(requests["sparring/checkpoint/evaluate"].params.parse(params), { ...errand, ...changes });

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-eval-"));
    await startRun(configOf(), { home, id: "trained", onEvent: () => {} });
    runs = await Supervisor.open({ home, log: () => {} });
  });
  after(async () => {
    await runs.close();
    rmSync(home, { recursive: true });
  });

  test("accuracy is what training measured with the same weights and tasks", async () => {
    const { weights, tasks, accuracy, against } = await evaluate({ run: "trained", limit: 100 });
    const last = (await new Store(home).readRounds("trained")).at(-1)!;
    assert.equal(configOf().eval.temperature, 0);
    assert.equal(accuracy.value, last.metrics["eval/accuracy"]);
    assert.deepEqual([weights, tasks, against], ["round 12", 100, undefined]);
    assert.ok(accuracy.low < accuracy.value && accuracy.value < accuracy.high);
  });

  test("against its base: every pair is counted once, sides mirror, and the seed decides", async () => {
    steps.length = 0;
    const base = { run: "trained", weights: "reference" } as const;
    const ours = await evaluate({ run: "trained", against: base, limit: 70 });
    assert.deepEqual(steps, [
      ...[0, 32, 64].map((done) => `trained (round 12) answers ${done}/70`),
      ...[0, 32, 64].map((done) => `trained (the reference) answers ${done}/70`),
    ]);
    const theirs = await evaluate({ ...base, against: { run: "trained", weights: "current" }, limit: 70 });
    const [a, b] = [ours.against!, theirs.against!];
    assert.equal(a.wins + a.ties + a.losses, 70);
    assert.deepEqual([a.swapped, a.unscored], [0, 0]);
    assert.deepEqual([a.wins, a.ties, a.losses], [b.losses, b.ties, b.wins]);
    assert.deepEqual([ours.accuracy, a.accuracy], [b.accuracy, theirs.accuracy]);
    assert.ok(Math.abs(a.winRate.value + b.winRate.value - 1) < 1e-12);
    assert.ok(a.wins + a.losses > 0, "12 rounds change some answers");
    assert.deepEqual(await evaluate({ run: "trained", against: base, limit: 70 }), ours);
  });

  test("against a checkpoint; against itself all are ties", async () => {
    const earlier = { run: "trained", weights: { checkpoint: 6 } };
    const result = await evaluate({ run: "trained", against: earlier, limit: 32 });
    assert.equal(result.against?.weights, "round 6");
    const itself = await evaluate({ run: "trained", against: { run: "trained", weights: "current" }, limit: 32 });
    assert.deepEqual([itself.against!.ties, itself.against!.winRate.value], [32, 0.5]);
  });

  test("by a judge that can't read so much: unscored, and never a loss", async () => {
    // Nano reads 64 tokens, and the judge's prompt alone has hundreds. Equal answers are ties without it.
    const against = { run: "trained", weights: "reference" } as const;
    const judged = await evaluate({ run: "trained", against, judge: "self-reward", limit: 70 });
    const { unscored, ties, wins, losses } = judged.against!;
    assert.ok(unscored > 0 && ties > 0);
    assert.deepEqual([wins, losses, ties + unscored], [0, 0, 70]);
  });

  test("is cancelled between two turns, or in one", async () => {
    for (const stopAt of [0, 32]) {
      const controller = new AbortController();
      const cancelled = evaluate(
        { run: "trained" },
        { signal: controller.signal, onProgress: (_, done) => done === stopAt && controller.abort() },
      );
      await assert.rejects(cancelled, AbortedError);
    }
    const { tasks } = await evaluate({ run: "trained", limit: 3 });
    assert.equal(tasks, 3, "and the engine works on");
  });

  test("what can't be evaluated", async () => {
    await assert.rejects(evaluate({ run: "none" }), problem("store/unknown-run"));
    await assert.rejects(evaluate({ run: "trained", weights: { checkpoint: 5 } }), problem("store/unknown-checkpoint"));
    const against = { run: "none", weights: "current" } as const;
    await assert.rejects(evaluate({ run: "trained", against }), problem("store/unknown-run"));
  });
});
