import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { resumeRun, startRun } from "../../daemon/runs/run.ts";
import type { QueryRecord, RoundRecord } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";

/* Every mode of the game for a few rounds on nano: it plays, learns, records, and can be read back and resumed. */

const selfPlay = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 4, rounds: 3 }
algorithm: { name: lsp }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-4 }
eval: { every: 3, limit: 16 }
`;
const data = selfPlay.replace("name: lsp", "name: grpo").replace(/challenger:.*\n/, "");

describe("modes of the game", () => {
  let home = "";
  before(() => {
    home = mkdtempSync(join(tmpdir(), "sparring-modes-"));
  });
  after(() => rmSync(home, { recursive: true }));

  async function play(id: string, text: string, overrides: string[]): Promise<[readonly RoundRecord[], QueryRecord[]]> {
    const { config } = parseConfig(text, { file: `${id}.sparring.yaml`, overrides });
    const summary = await startRun(config, { home, id, onEvent: () => {} });
    assert.deepEqual([summary.status, summary.rounds], ["finished", 3]);
    const store = new Store(home);
    const rounds = await store.readRounds(id);
    for (const { round, metrics } of rounds.slice(1)) {
      assert.ok(metrics.grad_norm! > 0, `round ${round} of ${id} learned nothing`);
      assert.equal(typeof metrics["solver/reward"], "number");
    }
    const samples = await Promise.all([1, 2, 3].map((round) => store.readSamples(id, round)));
    return [rounds, samples.flat()];
  }

  test("LSP: both rewards, all seven criteria, and a reason with each", async () => {
    const [rounds, queries] = await play("lsp", selfPlay, []);
    for (const { selfReward, criteria, rationale } of queries.flatMap(({ answers }) => answers)) {
      assert.equal(
        criteria?.reduce((sum: number, met) => sum + met, 0),
        selfReward,
      );
      assert.ok(rationale);
    }
    assert.ok(rounds.slice(1).every(({ metrics }) => metrics["solver/self_reward"] !== null));
  });
  test("LSP-Zero: no self-reward, and the Challenger earns what the Solver loses", async () => {
    const [, queries] = await play("lsp-zero", selfPlay, ["algorithm.name=lsp-zero"]);
    assert.ok(queries.every(({ answers }) => answers.every(({ selfReward }) => selfReward === null)));
  });
  test("the frontier objective", async () => {
    await play("frontier", selfPlay, ["challenger.objective=frontier"]);
  });
  test("the other KL estimators", async () => {
    await play("k3", selfPlay, ["kl.estimator=k3"]);
    await play("literal", selfPlay, ["kl.estimator=literal"]);
  });
  test("rejected queries that are penalised keep their place and get no answers", async () => {
    // Hot enough that many a query is no task.
    const hot = ["challenger.temperature=2"];
    const [, queries] = await play("penalise", selfPlay, ["admission.on_reject=penalise", ...hot]);
    const rejected = queries.filter(({ admitted }) => !admitted);
    assert.ok(rejected.length > 0 && rejected.every(({ reason, answers }) => reason && answers.length === 0));
    assert.ok(rejected.some(({ advantage }) => advantage < 0));
  });
  test("with admission off everything but a held-out task is answered", async () => {
    const [, queries] = await play("off", selfPlay, ["admission.on_reject=off", "challenger.temperature=2"]);
    assert.ok(
      queries.every(({ admitted, answers, reason }) => answers.length === 4 || /set aside/.test(reason!) || admitted),
    );
    assert.ok(
      queries.some(({ expected }) => expected === undefined),
      "some are no task, and answered all the same",
    );
  });
  test("GRPO with each of its denominators, and with several clipped updates a round", async () => {
    for (const normalization of ["grpo", "dapo", "dr_grpo"]) {
      const [, queries] = await play(normalization, data, [`algorithm.normalization=${normalization}`]);
      assert.ok(queries.every(({ tokens, admitted }) => admitted && tokens.length === 0));
    }
    await play("clipped", data, ["algorithm.updates_per_round=3"]);
  });
  test("a LoRA adapter, saved as PEFT names it, with another model as reference", async () => {
    await play("lora", selfPlay, ["adapter.rank=4", "adapter.alpha=8", "model.reference=base"]);
    const [checkpoint] = await new Store(home).listCheckpoints("lora");
    assert.equal(checkpoint.round, 3);
    assert.ok(checkpoint.bytes < 2e6, "an adapter is small");
  });
  test("recovery snapshots every third round: a resume goes on from the last one", async () => {
    await play("sparse", selfPlay, ["recovery.every=3"]);
    const rounds = await new Store(home).readRounds("sparse");
    assert.deepEqual(
      rounds.map(({ recovery }) => recovery !== undefined),
      [true, false, false, true],
    );
    assert.equal((await resumeRun({ home, id: "sparse", onEvent: () => {} })).rounds, 3);
  });
});
