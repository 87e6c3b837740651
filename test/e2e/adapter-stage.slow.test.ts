/** Stages that go on with an adapter: what is written, what the reference is, chains, resume, forks of forks, and what opens them. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { SparringError } from "../../daemon/errors.ts";
import { readSafetensors, toFloat32 } from "../../daemon/models/safetensors.ts";
import { requests } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { Errand } from "../../daemon/runs/interactive/errand.ts";
import { forkRun, type RunOptions, resumeRun, startRun } from "../../daemon/runs/run.ts";
import type { Lineage } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
adapter: { rank: 2, alpha: 4, rslora: true, targets: [q_proj, down_proj] }
game: { task: addition, queries: 4, answers: 4, rounds: 2 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 5.0e-3 }
eval: { every: 2, limit: 8 }
checkpoints: { every: 1, keep: 9 }
`;

const errand: Errand = { signal: new AbortController().signal, onProgress: () => {} };
const problem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof SparringError && error.code === code && error.next !== "";

describe("stages that go on with an adapter", () => {
  let home = "";
  let store: Store;
  const options = (id: string, signal?: AbortSignal): RunOptions => ({
    home,
    id,
    onEvent: () => {},
    ...(signal && { signal }),
  });
  const lineageOf = async (run: string): Promise<Lineage> => (await store.readRun(run)).lineage;
  const checkpoint = (run: string, round: number): string =>
    join(home, "runs", run, "checkpoints", String(round).padStart(6, "0"));

  function files(run: string, round: number): Record<string, string> {
    const dir = checkpoint(run, round);
    return Object.fromEntries(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file)).toString("base64")]));
  }

  async function tensors(file: string): Promise<Map<string, Float32Array>> {
    return new Map([...(await readSafetensors(file))].map(([name, tensor]) => [name, toFloat32(tensor)]));
  }

  /** How far a round's policy was from its reference, nat. */
  async function drift(run: string, round: number): Promise<number> {
    const answers = (await store.readSamples(run, round)).flatMap((query) => query.answers);
    return Math.max(...answers.flatMap((a) => a.logprobs.map((l, t) => Math.abs(l - a.referenceLogprobs[t]!))));
  }

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-stage-"));
    store = new Store(home);
    await startRun(parseConfig(text, { file: "parent.sparring.yaml" }).config, options("parent"));
    await forkRun("parent", 2, ["algorithm.name=grpo", "game.rounds=4"], options("stage"));
  });
  after(() => rmSync(home, { recursive: true }));

  test("no model is written, only the adapter; the reference is base and adapter, the optimizer fresh", async () => {
    const { stageModel, stageAdapter } = await lineageOf("stage");
    assert.deepEqual([stageModel, stageAdapter], [undefined, "runs/stage/stage"]);
    const dir = join(home, "runs", "stage", "stage");
    assert.deepEqual(readdirSync(dir).sort(), ["adapter_config.json", "adapter_model.safetensors"]);
    assert.ok((await drift("stage", 3)) < 1e-4, "the policy begins as its reference");
    assert.ok((await drift("stage", 4)) > 1e-4, "and moves away from it");
    assert.ok((await drift("parent", 2)) > 1e-4, "which is not the base");
    const { step } = JSON.parse(readFileSync(join(checkpoint("stage", 4), "engine.json"), "utf8"));
    assert.equal(step, 2, "steps of this stage");
  });

  test("a fork of the fork, and a resume, are bit-identical to it", async () => {
    await forkRun("stage", 3, [], options("same"));
    assert.deepEqual(files("same", 4), files("stage", 4));
    assert.equal((await lineageOf("same")).stageAdapter, "runs/stage/stage");
    const controller = new AbortController();
    await forkRun("parent", 2, ["algorithm.name=grpo", "game.rounds=4"], {
      ...options("stopped", controller.signal),
      onEvent: (event) => {
        if (event.type === "progress" && event.round === 4) controller.abort();
      },
    });
    assert.equal((await store.readRounds("stopped")).at(-1)!.round, 3);
    await resumeRun(options("stopped"));
    assert.deepEqual(files("stopped", 4), files("stage", 4));
  });

  test("stages make a chain: another one goes on with the adapter, other settings begin with a merged model", async () => {
    const next = ["game.rounds=5", "algorithm.name=lsp-zero", "challenger.max_tokens=8"];
    await forkRun("stage", 4, next, options("third"));
    const { stageModel, stageAdapter } = await lineageOf("third");
    assert.deepEqual([stageModel, stageAdapter], [undefined, "runs/third/stage"]);
    assert.ok((await drift("third", 5)) < 1e-4);

    await forkRun("stage", 4, [...next, "adapter.rank=3"], options("wider"));
    const wider = await lineageOf("wider");
    assert.deepEqual([wider.stageModel, wider.stageAdapter], ["runs/wider/stage", undefined]);
    assert.ok((await drift("wider", 5)) < 1e-4);

    await forkRun("wider", 5, ["algorithm.name=grpo", "game.rounds=7"], options("after"));
    const after = await lineageOf("after");
    assert.deepEqual([after.stageModel, after.stageAdapter], ["runs/wider/stage", "runs/after/stage"]);
    assert.ok((await drift("after", 6)) < 1e-4);
    assert.ok((await drift("after", 7)) > 1e-4);

    await forkRun("stage", 4, [...next, "model.reference=base"], options("base"));
    assert.equal((await lineageOf("base")).stageModel, "runs/base/stage");
    assert.ok((await drift("base", 5)) > 1e-4);
  });

  test("a fork in the stage can't give the adapter that it began with other settings", async () => {
    const forked = forkRun("stage", 4, ["game.rounds=5", "adapter.alpha=5"], options("alpha"));
    await assert.rejects(forked, problem("engine/adapter-does-not-fit"));
  });

  test("what opens the reference finds base and adapter: export, eval", async () => {
    const runs = await Supervisor.open({ home, log: () => {} });
    try {
      const exported = async (run: string, weights: "reference" | { checkpoint: number }, format: "hf" | "peft") => {
        const dir = join(home, `${run}-${JSON.stringify(weights).length}-${format}`);
        const file = format === "hf" ? "model.safetensors" : "adapter_model.safetensors";
        await runs.exportWeights({ run, weights, format, dir }, errand);
        return tensors(join(dir, file));
      };
      for (const format of ["hf", "peft"] as const) {
        const reference = await exported("stage", "reference", format);
        assert.deepEqual(reference, await exported("parent", { checkpoint: 2 }, format), format);
      }
      await exported("stage", { checkpoint: 4 }, "hf");
      const params = requests["sparring/checkpoint/evaluate"].params.parse({
        run: "stage",
        weights: "reference",
        against: { run: "parent", weights: { checkpoint: 2 } },
        limit: 30,
      });
      const { against } = await runs.evaluate(params, errand);
      assert.deepEqual([against!.wins, against!.ties, against!.losses], [0, 30, 0]);
    } finally {
      await runs.close();
    }
  });
});
