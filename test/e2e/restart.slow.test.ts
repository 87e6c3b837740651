/* The embedded engine's process dies or hangs while a run trains: it is started again, and the run ends as if nothing had happened. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { startRun } from "../../daemon/runs/run.ts";
import { Store } from "../../daemon/store/store.ts";
import { bench, checkpointHash, enginesOf, finished, rested } from "./restart.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 8, rounds: 6 }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 6, limit: 16 }
`;
const configOf = (...overrides: string[]): Record<string, unknown> => {
  return { ...parseConfig(text, { file: "restarted.sparring.yaml", overrides }).config };
};

const impatient = { factor: 20, seconds: 60, every: 0.1, hang: { factor: 1, seconds: 2 } };

describe("an engine that is gone while a run trains", () => {
  test("is started again at the last saved round, and the run ends with the same bits", async (t) => {
    const home = await bench(t, impatient);
    const { runs, until } = home;
    await runs.start({ run: "undisturbed", config: configOf() });
    await finished(home, "undisturbed");

    await runs.start({ run: "killed", config: configOf() });
    await until(() => runs.progress("killed")?.round === 2 && runs.progress("killed")?.phase === "solve");
    process.kill(enginesOf("onnx-worker")[0]!, "SIGKILL");
    await until(() => runs.progress("killed")?.stuck !== undefined);
    assert.match(
      runs.progress("killed")!.stuck!,
      /ended by SIGKILL\. It is started again after round \d \(1 of at most 3/,
    );
    await until(() => runs.progress("killed")?.round === 4);
    const hanging = enginesOf("onnx-worker")[0]!;
    process.kill(hanging, "SIGSTOP");
    await finished(home, "killed");
    assert.equal(checkpointHash(home.home, "killed", 6), checkpointHash(home.home, "undisturbed", 6));

    const { rounds } = await runs.rounds({ run: "killed", after: -1, limit: 100 });
    assert.deepEqual(
      rounds.map(({ round }) => round),
      [0, 1, 2, 3, 4, 5, 6],
    );
    const notes = rounds.flatMap((each) => each.notes.map((note) => `${each.round}: ${note}`)).join("\n");
    assert.match(
      notes,
      /^[12]: In \w+ of round [12]: The onnx engine's process was ended by SIGKILL\. It is started again/m,
    );
    assert.match(notes, /: The onnx engine was ended because it hung: it has not answered to "\w+" for \d+ s/m);
    const { lines } = await runs.log({ run: "killed", lines: 100, level: "warn" });
    assert.match(lines.join("\n"), /engine\/died.*\n.*started again/);
    assert.match(lines.join("\n"), /engine\/hung.*\n.*started again/);
  });

  test("costs the rounds since the last snapshot where not every round has one, and they are said", async (t) => {
    const home = await bench(t);
    const { runs, until } = home;
    await runs.start({ run: "sparse", config: configOf("recovery.every=4", "game.rounds=5") });
    await until(() => runs.progress("sparse")?.finished === 2);
    process.kill(enginesOf("onnx-worker")[0]!, "SIGKILL");
    await until(() => runs.progress("sparse")?.stuck !== undefined);
    assert.match(runs.progress("sparse")!.stuck!, /started again after round 0/);
    await until(() => runs.progress("sparse")?.stuck === undefined);
    const { notes } = await runs.get({ run: "sparse" });
    assert.match(notes.join("\n"), /are after the newest whole snapshot: kept in .* and played again/);
    assert.match(notes.join("\n"), /started again after round 0/);
    await finished(home, "sparse");
  });

  test("fails the run when it is gone for the fourth time", async (t) => {
    const home = await bench(t);
    const { runs } = home;
    let seen: number | undefined;
    const unsubscribe = runs.on("progress", () => {
      const [engine] = enginesOf("onnx-worker");
      if (!engine || engine === seen || runs.progress("doomed")?.phase !== "solve") return;
      seen = engine;
      process.kill(engine, "SIGKILL");
    });
    await runs.start({ run: "doomed", config: configOf("game.rounds=200") });
    const { state, problem } = await rested(home, "doomed");
    unsubscribe();
    assert.equal(state, "failed");
    assert.equal(problem?.code, "engine/died");
    const { lines } = await runs.log({ run: "doomed", lines: 100, level: "warn" });
    assert.equal(lines.join("\n").match(/is started again/g)?.length, 3);
  });
});

test("a run whose numbers end stops, names the round and says why", async (t) => {
  const home = await bench(t);
  const model = join(home.home, "spoilt");
  mkdirSync(model);
  cpSync(new URL("../../daemon/models/nano/weights", import.meta.url), model, { recursive: true });
  const file = join(model, "model.safetensors");
  const bytes = readFileSync(file);
  // The newest weights are last in the file: one that is no number makes every logit so.
  bytes.writeUInt16LE(0x7fc0, bytes.length - 2);
  writeFileSync(file, bytes);
  await home.runs.start({ run: "spoilt", config: configOf(`model.path=${model}`) });
  const { state, problem, round } = await rested(home, "spoilt");
  assert.deepEqual([state, problem?.code, round], ["stopped", "run/not-finite", 0]);
  assert.match(
    problem!.message,
    /^Round 1 could not be learned from: the reference gives log-probabilities that are no numbers/,
  );
  assert.match(problem!.message, /The run stopped there, with the weights after round 0\.$/);
});

test("what an engine changed by itself is noted in the round that it happened in, once", async (t) => {
  const { home } = await bench(t);
  const notice = { code: "engine/out-of-memory", message: "Memory ran out.", next: "Lower engine.micro_batch_tokens." };
  await startRun(parseConfig(text, { file: "a.sparring.yaml", overrides: ["game.rounds=2"] }).config, {
    home,
    id: "noticed",
    onSession: (session) => void session.notices.push(notice),
    onEvent: () => {},
    notes: ["Played again."],
  });
  const rounds = await new Store(home).readRounds("noticed");
  const notes = rounds.map((each) => each.notes.filter((note) => /again|Memory/.test(note)));
  assert.deepEqual(notes, [["Played again.", "Memory ran out. Lower engine.micro_batch_tokens."], [], []]);
});
