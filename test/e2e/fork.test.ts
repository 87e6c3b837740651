import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { SparringError } from "../../daemon/errors.ts";
import { forkRun, type RunOptions, resumeRun, startRun } from "../../daemon/runs/run.ts";
import { Store } from "../../daemon/store/store.ts";

const rounds = 4;
const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: ${rounds} }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 2, limit: 16 }
checkpoints: { every: 2, keep: 2 }
alarms: { window: 1, kl: { above: 1.0e-6 } }
`;

describe("fork and resume", () => {
  let home = "";
  const options = (id: string, signal?: AbortSignal): RunOptions => ({
    home,
    id,
    onEvent: () => {},
    ...(signal && { signal }),
  });
  const config = parseConfig(text, { file: "parent.sparring.yaml" }).config;

  function files(run: string, round: number): Record<string, string> {
    const dir = join(home, "runs", run, "checkpoints", String(round).padStart(6, "0"));
    return Object.fromEntries(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file)).toString("base64")]));
  }

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-fork-"));
    await startRun(config, options("parent"));
  });
  after(() => rmSync(home, { recursive: true }));

  test("a run's rounds, samples and checkpoints are all there", async () => {
    const store = new Store(home);
    assert.deepEqual(
      (await store.readRounds("parent")).map(({ round }) => round),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(
      (await store.listCheckpoints("parent")).map(({ round }) => round),
      [2, 4],
    );
    const samples = await store.readSamples("parent", 3);
    assert.equal(samples.length, 4);
    for (const query of samples) assert.equal(query.answers.length, query.admitted ? 4 : 0);
  });

  test("a fork without changes is bit-identical to its parent", async () => {
    await forkRun("parent", 2, [], options("same"));
    assert.equal(existsSync(join(home, "runs", "same", "origin")), false, "what it started from is its own now");
    assert.deepEqual(files("same", rounds), files("parent", rounds));
    const store = new Store(home);
    assert.deepEqual(await store.readSamples("same", 4), await store.readSamples("parent", 4));
    const { lineage, judges } = await store.readRun("same");
    assert.deepEqual(judges, {
      reward: { name: "verifier:addition", low: 0, high: 1 },
      selfReward: { name: "criteria:addition", low: 0, high: 7 },
    });
    assert.deepEqual([lineage.root, lineage.parent, lineage.changes], ["parent", { run: "parent", round: 2 }, {}]);
  });

  test("a fork has no alarm of its parent's, of which it has no samples", async () => {
    const store = new Store(home);
    const alarmsOf = async (run: string) => (await store.readRounds(run)).find(({ round }) => round === 2)!.alarms;
    assert.deepEqual(
      (await alarmsOf("parent"))?.map(({ kind }) => kind),
      ["kl"],
    );
    assert.equal(await alarmsOf("same"), undefined);
  });

  test("a fork with changed settings records the difference, and differs", async () => {
    await forkRun("parent", 2, ["kl.beta=0.5"], options("changed"));
    const { lineage } = await new Store(home).readRun("changed");
    assert.deepEqual(lineage.changes, { "kl.beta": [0.05, 0.5] });
    assert.notDeepEqual(files("changed", rounds), files("parent", rounds));
  });

  test("a fork from the last round goes on where its parent ended", async () => {
    await forkRun("parent", undefined, ["game.rounds=5"], options("longer"));
    await startRun(
      parseConfig(text, { file: "whole.sparring.yaml", overrides: ["game.rounds=5"] }).config,
      options("whole"),
    );
    assert.deepEqual(files("longer", 5), files("whole", 5));
  });

  test("a fork to another algorithm begins a stage: its reference is the weights it starts from", async () => {
    await forkRun("parent", 4, ["algorithm.name=grpo", "game.rounds=6"], options("stage"));
    const store = new Store(home);
    const [first, second] = [await store.readSamples("stage", 5), await store.readSamples("stage", 6)];
    const drift = (samples: typeof first): number =>
      Math.max(
        ...samples.flatMap(({ answers }) =>
          answers.flatMap((a) => a.logprobs.map((l, t) => Math.abs(l - a.referenceLogprobs[t]))),
        ),
      );
    assert.ok(drift(first) < 1e-4, `at the start of the stage the policy is its reference: ${drift(first)}`);
    assert.ok(drift(second) > 1e-4, "and moves away from it");
    // Resuming a stage finds its reference again.
    await forkRun("stage", 6, ["game.rounds=8"], options("stage-longer"));
    assert.equal((await store.readRun("stage-longer")).lineage.stageModel, "runs/stage/stage");
  });

  test("a cancelled run stops after its last finished round and resumes to the same end", async () => {
    const controller = new AbortController();
    const summary = await startRun(config, {
      ...options("stopped", controller.signal),
      onEvent: (event) => {
        if (event.type === "progress" && event.round === 3 && event.phase === "reference") controller.abort();
      },
    });
    assert.deepEqual([summary.status, summary.rounds], ["stopped", 2]);
    const resumed = await resumeRun(options("stopped"));
    assert.deepEqual([resumed.status, resumed.rounds], ["finished", rounds]);
    assert.deepEqual(files("stopped", rounds), files("parent", rounds));
  });

  test("a fork that has no round to play says so", async () => {
    await assert.rejects(forkRun("parent", 4, [], options("none")), (error) => {
      assert.ok(error instanceof SparringError);
      assert.equal(error.code, "run/nothing-to-play");
      return true;
    });
  });

  test("a fork cut off before it had its parent's state gets it when it is resumed", async () => {
    await forkRun("parent", 2, [], options("cut"));
    const dir = join(home, "runs", "cut");
    writeFileSync(join(dir, "rounds.jsonl"), "");
    for (const folder of ["samples", "checkpoints"]) {
      rmSync(join(dir, folder), { recursive: true });
      mkdirSync(join(dir, folder));
    }
    cpSync(join(home, "runs", "parent", "checkpoints", "000002"), join(dir, "origin"), { recursive: true });
    await resumeRun(options("cut"));
    assert.deepEqual(files("cut", rounds), files("parent", rounds));
  });

  test("a fork from a round without checkpoint names those there are", async () => {
    await assert.rejects(forkRun("parent", 3, [], options("none")), (error) => {
      assert.ok(error instanceof SparringError);
      assert.equal(error.code, "store/unknown-checkpoint");
      assert.match(error.next, /2, 4/);
      return true;
    });
    assert.equal(existsSync(join(home, "runs", "none")), false, "and leaves nothing behind");
  });
});
