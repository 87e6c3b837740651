/** Run control on nano with the real engine: the queue, true pause, stop, resume, fork, interactive work beside training. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { SparringError } from "../../daemon/errors.ts";
import type { RunOverview, RunState } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import { phases } from "../../daemon/runs/events.ts";

const rounds = 6;
const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 8, rounds: ${rounds} }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 3, limit: 64 }
checkpoints: { every: 2, keep: 3 }
`;
const config = (...overrides: string[]): Record<string, unknown> => ({
  ...parseConfig(text, { file: "control.sparring.yaml", overrides }).config,
});
const never = new AbortController().signal;
const problem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof SparringError && error.code === code && error.next !== "";

describe("run control", () => {
  let home = "";
  let runs: Supervisor;
  const warnings: string[] = [];
  const log = (level: string, message: string): void => {
    if (level !== "info") warnings.push(message);
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-control-"));
    runs = await Supervisor.open({ home, log });
    await runs.start({ run: "undisturbed", config: config() });
    await reached("undisturbed", "finished");
  });
  after(async () => {
    await runs.close();
    rmSync(home, { recursive: true });
    assert.deepEqual(warnings, []);
  });

  /** Waits until a run is in a state; throws if it comes to rest in another one. */
  async function reached(id: string, state: RunState): Promise<RunOverview> {
    const ends: RunState[] = ["finished", "failed", "stopped", "interrupted"];
    let unsubscribe = (): void => {};
    const next = new Promise<RunOverview>((resolve) => {
      unsubscribe = runs.on("changed", (overview) => {
        if (overview.id === id && (overview.state === state || ends.includes(overview.state))) resolve(overview);
      });
    });
    const now = await runs.overview(id);
    const overview = now.state === state || !runs.activeRuns().includes(id) ? now : await next;
    unsubscribe();
    assert.equal(overview.state, state, JSON.stringify(overview));
    return overview;
  }

  /** Waits until a run's progress fulfils a condition. */
  function progressed(id: string, condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const unsubscribe = runs.on("progress", (run) => {
        if (run !== id || !condition()) return;
        unsubscribe();
        resolve();
      });
    });
  }

  function weights(id: string, round = rounds): Record<string, string> {
    const dir = join(home, "runs", id, "checkpoints", String(round).padStart(6, "0"));
    return Object.fromEntries(readdirSync(dir).map((file) => [file, readFileSync(join(dir, file)).toString("base64")]));
  }

  test("pause in every phase: the engine rests within its abort latency, and the result is the same, bit for bit", async () => {
    await runs.start({ run: "paused", config: config() });
    const seen = new Set<string>();
    for (const phase of phases.filter((each) => each !== "judge" && each !== "record")) {
      await progressed("paused", () => runs.progress("paused")?.phase === phase);
      const began = performance.now();
      const { state } = await runs.pause({ run: "paused" });
      const seconds = (performance.now() - began) / 1000;
      assert.equal(state, "paused");
      assert.ok(seconds < 2, `pausing in ${phase} took ${seconds.toFixed(2)} s`);
      seen.add(runs.progress("paused")!.phase!);
      const { elapsedSeconds, round } = runs.progress("paused")!;
      const rounds = (await runs.rounds({ run: "paused", after: -1, limit: 1000 })).rounds.length;
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(runs.progress("paused")!.round, round);
      assert.equal(runs.progress("paused")!.elapsedSeconds, elapsedSeconds, "its clock stands still");
      assert.ok((await runs.rounds({ run: "paused", after: -1, limit: 1000 })).rounds.length <= rounds + 1);
      assert.equal((await runs.pause({ run: "paused" })).state, "paused", "pausing twice is pausing once");
      assert.equal((await runs.resume({ run: "paused" })).state, "running");
      assert.equal((await runs.resume({ run: "paused" })).state, "running");
    }
    await reached("paused", "finished");
    assert.ok(seen.size >= 4, `paused in ${[...seen].join(", ")}`);
    assert.deepEqual(weights("paused"), weights("undisturbed"));
  });

  test("chat and play again beside training, on its weights and on a checkpoint's, change no bit of it", async () => {
    await runs.start({ run: "visited", config: config() });
    await progressed("visited", () => (runs.progress("visited")?.finished ?? 0) >= 2);
    const ask = { run: "visited", messages: [{ role: "user" as const, content: "12+34=" }], maxTokens: 6, seed: 0 };
    const options = { temperature: 0, ...ask };
    const current = await runs.chat({ ...options, weights: "current" }, never);
    const reference = await runs.chat({ ...options, weights: "reference" }, never);
    const checkpoint = await runs.chat({ ...options, weights: { checkpoint: 2 } }, never);
    assert.match(`${current.text} ${reference.text} ${checkpoint.text}`, /^\d+ \d+ \d+$/);
    assert.equal(checkpoint.weights, "round 2");
    const again = { run: "visited", round: 1, query: 0, answers: 5, temperature: 1 };
    const replays = await Promise.all(
      [1, 1, 2].map((seed) => runs.replay({ ...again, seed, weights: { checkpoint: 2 } }, never)),
    );
    assert.deepEqual(replays[0]!.answers, replays[1]!.answers, "one seed, one answer");
    assert.notDeepEqual(replays[0]!.answers, replays[2]!.answers);
    for (const { reward, selfReward, logprob } of replays[0]!.answers) {
      assert.ok(reward === 0 || reward === 1);
      assert.ok(selfReward! >= 0 && selfReward! <= 7 && logprob < 0);
    }
    await reached("visited", "finished");
    assert.deepEqual(weights("visited"), weights("undisturbed"));
    const rested = await runs.chat({ ...options, weights: "current" }, never);
    assert.equal(rested.weights, `round ${rounds}`, "a run at rest answers with its newest weights");
    const cancelled = AbortSignal.abort();
    await assert.rejects(runs.chat({ ...options, weights: "current" }, cancelled), /cancelled/);
    const tooLong = [{ role: "user" as const, content: "1".repeat(5000) }];
    await assert.rejects(
      runs.chat({ ...options, messages: tooLong, weights: "current" }, never),
      problem("run/too-long"),
    );
    const noQuery = { ...again, query: 99, seed: 0, weights: "current" as const };
    await assert.rejects(runs.replay(noQuery, never), problem("run/no-such-query"));
  });

  test("one run trains, the others wait in order; a queued one can be stopped, and resumed into the queue", async () => {
    await runs.start({ run: "first", config: config("game.rounds=50") });
    await runs.start({ run: "second", config: config() });
    await runs.start({ run: "third", config: config("seed=2") });
    assert.deepEqual([(await runs.overview("second")).queuePlace, (await runs.overview("third")).queuePlace], [1, 2]);
    await assert.rejects(runs.pause({ run: "third" }), problem("run/not-running"));
    assert.equal((await runs.stop({ run: "second" })).state, "stopped");
    assert.equal((await runs.overview("third")).queuePlace, 1);
    assert.deepEqual((await runs.get({ run: "second" })).record, null);
    await runs.resume({ run: "second" });
    assert.equal((await runs.overview("second")).queuePlace, 2);
    assert.deepEqual([...runs.activeRuns()].sort(), ["first", "second", "third"]);

    await reached("first", "running");
    assert.equal((await runs.pause({ run: "first" })).state, "paused");
    assert.equal((await runs.overview("third")).state, "queued", "a paused run keeps its turn: its memory is in use");
    const stopped = await runs.stop({ run: "first" });
    assert.equal(stopped.state, "stopped");
    assert.equal((await runs.stop({ run: "first" })).state, "stopped", "stopping twice is stopping once");
    await reached("third", "finished");
    await reached("second", "finished");
    assert.deepEqual(weights("second"), weights("undisturbed"));
    assert.notDeepEqual(weights("third"), weights("undisturbed"));
    await assert.rejects(runs.resume({ run: "second" }), problem("run/finished"));
    await assert.rejects(runs.pause({ run: "second" }), problem("run/not-running"));
  });

  test("a stopped run goes on where it was, bit for bit", async () => {
    await runs.start({ run: "stopped", config: config() });
    await progressed("stopped", () => runs.progress("stopped")?.round === 4);
    const { state, round } = await runs.stop({ run: "stopped" });
    assert.equal(state, "stopped");
    assert.ok(round! >= 3 && round! < rounds);
    await runs.resume({ run: "stopped" });
    await reached("stopped", "finished");
    assert.deepEqual(weights("stopped"), weights("undisturbed"));
  });

  test("a fork of a run that trains starts from its last finished round, whatever becomes of that", async () => {
    await runs.start({ run: "parent", config: config() });
    await progressed("parent", () => (runs.progress("parent")?.finished ?? 0) >= 3);
    await runs.fork({ run: "child", parent: "parent", settings: [] });
    const again = await runs.fork({ run: "child", parent: "parent", settings: [] });
    assert.equal(again.id, "child", "asked twice, it is one fork");
    await assert.rejects(runs.fork({ run: "child", parent: "parent", settings: ["kl.beta=1"] }), problem("run/exists"));
    await reached("child", "finished");
    const { lineage } = await runs.get({ run: "child" });
    assert.ok(lineage!.parent!.round >= 3);
    assert.deepEqual(weights("child"), weights("undisturbed"));
    assert.deepEqual(weights("parent"), weights("undisturbed"));
  });

  test("stages are chained by forking: GRPO, then LSP, then GRPO", async () => {
    const grpo = text.replace("name: lsp, alpha_challenger: 0.25", "name: grpo").replace(/challenger: .*\n/, "");
    const { config: start } = parseConfig(grpo, { file: "rl.sparring.yaml", overrides: ["game.rounds=2"] });
    await runs.start({ run: "rl", config: { ...start } });
    await reached("rl", "finished");
    await runs.fork({
      run: "rl-lsp",
      parent: "rl",
      settings: ["algorithm.name=lsp", "challenger.max_tokens=8", "game.rounds=4"],
    });
    await reached("rl-lsp", "finished");
    await runs.fork({ run: "rl-lsp-rl", parent: "rl-lsp", settings: ["algorithm.name=grpo", "game.rounds=5"] });
    await reached("rl-lsp-rl", "finished");
    const { lineage, overview } = await runs.get({ run: "rl-lsp-rl" });
    assert.equal(overview.algorithm, "grpo");
    assert.deepEqual([lineage!.root, lineage!.parent], ["rl", { run: "rl-lsp", round: 4 }]);
    assert.deepEqual(lineage!.changes["algorithm.name"], ["lsp", "grpo"]);
  });

  test("a run that fails says why, and can be resumed", async () => {
    const model = join(home, "broken-model");
    cpSync(new URL("../../daemon/models/nano/weights", import.meta.url).pathname, model, { recursive: true });
    truncateSync(join(model, "model.safetensors"), 100_000);
    await runs.start({ run: "failing", config: config(`model.path=${model}`) });
    const { problem: why } = await reached("failing", "failed");
    assert.deepEqual([why!.code, why!.place], ["model/corrupt-safetensors", join(model, "model.safetensors")]);
    await runs.resume({ run: "failing" });
    await reached("failing", "starting");
    await reached("failing", "failed");
    const { lines } = await runs.log({ run: "failing", lines: 5, level: "error" });
    assert.match(lines.join("\n"), /model\/corrupt-safetensors/);
  });

  test("what was asked twice, and what can't be", async () => {
    await runs.start({ run: "undisturbed", config: config() });
    await assert.rejects(runs.start({ run: "undisturbed", config: config("seed=9") }), problem("run/exists"));
    await assert.rejects(runs.stop({ run: "undisturbde" }), (error) => {
      assert.ok(error instanceof SparringError && /undisturbed/.test(error.next));
      return true;
    });
    await assert.rejects(runs.fork({ run: "x", parent: "undisturbed", settings: [] }), problem("run/nothing-to-play"));
    await assert.rejects(
      runs.fork({ run: "x", parent: "undisturbed", round: 1, settings: [] }),
      problem("store/unknown-checkpoint"),
    );
    await assert.rejects(runs.fork({ run: "x", parent: "undisturbed", settings: ["nonsense=1"] }), /nonsense/);
    const nowhere = config("model.path=/nowhere");
    await assert.rejects(
      runs.start({ run: "y", config: nowhere }),
      (error) => error instanceof SparringError && error.place === "/nowhere",
    );
    assert.throws(() => void runs.start({ run: "y", config: { nonsense: 1 } }), /nonsense|problems/);
    const { runs: all } = await runs.list({ limit: 1000 });
    assert.equal(
      all.some(({ id }) => id === "x" || id === "y"),
      false,
      "what is refused leaves nothing",
    );
  });

  test("ratings are kept with their run, counted, and taken back", async () => {
    const rating = { id: "r1", rater: "ann", round: 1, query: 0, answer: 0, score: 4, blind: true };
    const counts: number[] = [];
    const unsubscribe = runs.on("ratings", ({ ratings }) => counts.push(ratings));
    await runs.rate({ run: "undisturbed", rating });
    await runs.rate({ run: "undisturbed", rating });
    await runs.rate({ run: "undisturbed", rating: { ...rating, id: "r2", score: null } });
    assert.equal((await runs.overview("undisturbed")).ratings, 2);
    await runs.unrate({ run: "undisturbed", id: "r1" });
    unsubscribe();
    assert.deepEqual(counts, [1, 1, 2, 1]);
    const { ratings } = await runs.ratings({ run: "undisturbed", from: 0, limit: 10 });
    assert.deepEqual(
      ratings.map(({ id }) => id),
      ["r2"],
    );
    const missing = { ...rating, id: "r3", answer: 8 };
    await assert.rejects(runs.rate({ run: "undisturbed", rating: missing }), problem("run/no-such-answer"));
  });

  test("closing interrupts what is active; the next daemon finds it so and resumes it to the same end", async () => {
    await runs.start({ run: "interrupted", config: config() });
    await runs.start({ run: "never-started", config: config("seed=3") });
    await progressed("interrupted", () => runs.progress("interrupted")?.round === 3);
    await runs.close();
    runs = await Supervisor.open({ home, log });
    assert.deepEqual(runs.activeRuns(), []);
    for (const id of ["interrupted", "never-started"]) assert.equal((await runs.overview(id)).state, "interrupted");
    await runs.resume({ run: "never-started" });
    await runs.resume({ run: "interrupted" });
    await reached("never-started", "finished");
    await reached("interrupted", "finished");
    assert.deepEqual(weights("interrupted"), weights("undisturbed"));
  });
});
