/* Runs on the torch engine, with a real Python worker on the CPU, through daemon and supervisor: as on the embedded engine. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { namePython, places } from "../../daemon/setup/environment.ts";
import { missing, python } from "../engine/torch/python.ts";
import { startDaemon } from "./daemons.ts";
import { bench, checkpointHash, enginesOf, finished, rested } from "./restart.ts";

const text = `
model: { path: "builtin:nano" }
engine: { name: torch, device: cpu, threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: 4 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 4, limit: 8 }
checkpoints: { every: 2 }
`;
const configOf = (...overrides: string[]): Record<string, unknown> => {
  return { ...parseConfig(text, { file: "torch.sparring.yaml", overrides }).config };
};

describe("a run on the torch engine", { skip: missing }, () => {
  test("that is stopped, killed or hangs ends with the bits of one that was left alone; so does a fork", async (t) => {
    const patience = { factor: 20, seconds: 600, every: 0.1, hang: { factor: 1, seconds: 3 } };
    const home = await bench(t, patience);
    const { runs } = home;
    mkdirSync(places.root(home.home));
    await namePython(home.home, python);
    await runs.start({ run: "alone", config: configOf() });
    await finished(home, "alone");
    const expected = checkpointHash(home.home, "alone", 4);

    await runs.start({ run: "disturbed", config: configOf() });
    await home.until(() => runs.progress("disturbed")?.round === 1 && runs.progress("disturbed")?.phase === "solve");
    await runs.stop({ run: "disturbed" });
    await runs.resume({ run: "disturbed" });
    await home.until(() => runs.progress("disturbed")?.round === 2);
    const { telemetry } = runs.progress("disturbed")!;
    assert.ok(telemetry && telemetry.usedBytes > 0 && telemetry.usedBytes <= telemetry.totalBytes);
    process.kill(enginesOf("main.py")[0]!, "SIGKILL");
    await home.until(() => runs.progress("disturbed")?.round === 3 && runs.progress("disturbed")?.stuck === undefined);
    process.kill(enginesOf("main.py")[0]!, "SIGSTOP");
    await finished(home, "disturbed");
    assert.equal(checkpointHash(home.home, "disturbed", 4), expected);
    const { rounds } = await runs.rounds({ run: "disturbed", after: -1, limit: 100 });
    const notes = rounds.flatMap((each) => each.notes).join("\n");
    assert.match(notes, /The torch engine's process was ended by SIGKILL\. It is started again/);
    assert.match(notes, /The torch engine was ended because it hung: it has not answered to "\w+" for \d+ s/);

    await runs.fork({ run: "fork", parent: "alone", round: 2, settings: [] });
    await finished(home, "fork");
    assert.equal(checkpointHash(home.home, "fork", 4), expected);
  });

  test("plays, chats and exports from the bundle, in the daemon", async (t) => {
    const { home, connect } = await startDaemon(t);
    mkdirSync(places.root(home));
    await namePython(home, python);
    const client = await connect();
    const ended = new Promise<unknown>((resolve) => {
      client.on("sparring/run/changed", ({ state, problem }) => {
        if (state === "finished" || state === "failed") resolve({ state, problem });
      });
    });
    await client.request("sparring/run/start", { run: "torch", config: configOf("game.rounds=1") });
    assert.deepEqual(await ended, { state: "finished", problem: undefined });
    const { text: answer } = await client.request("sparring/checkpoint/chat", {
      run: "torch",
      weights: "current",
      messages: [{ role: "user", content: "1+2" }],
    });
    assert.equal(typeof answer, "string");
    const dir = join(home, "exported");
    const { largestDifference } = await client.request("sparring/checkpoint/export", {
      run: "torch",
      weights: "current",
      format: "hf",
      dir,
    });
    assert.ok(largestDifference < 1e-4, String(largestDifference));
  });

  test("that can't compute here says why", async (t) => {
    const home = await bench(t);
    const { runs } = home;
    const bare = join(home.home, "python");
    // Without site-packages there is no PyTorch.
    writeFileSync(bare, `#!/bin/sh\nexec ${python} -S "$@"\n`, { mode: 0o755 });
    mkdirSync(places.root(home.home));
    await namePython(home.home, bare);
    await runs.start({ run: "bare", config: configOf() });
    const { state, problem } = await rested(home, "bare");
    assert.deepEqual([state, problem?.code], ["failed", "engine/no-torch"]);

    await namePython(home.home, python);
    // As on a machine without a GPU, wherever this runs.
    process.env.CUDA_VISIBLE_DEVICES = "";
    t.after(() => delete process.env.CUDA_VISIBLE_DEVICES);
    await runs.start({ run: "blind", config: configOf("engine.device=cuda") });
    const { problem: why } = await rested(home, "blind");
    // The first of a PyTorch for the CPU alone.
    assert.match(why?.code ?? "", /^engine\/(torch-without-cuda|no-gpu)$/);
  });
});
