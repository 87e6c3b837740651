/** Questions from a file on the embedded engine: GRPO learns them; runs go on bit for bit, with the same file only. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { Config } from "../../daemon/config/schema.ts";
import { forkRun, type RunOptions, resumeRun, startRun } from "../../daemon/runs/run.ts";
import { Store } from "../../daemon/store/store.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: file, data: questions.jsonl, queries: 8, answers: 4, rounds: 4 }
algorithm: { name: grpo }
solver: { max_tokens: 5 }
optimizer: { lr: 3.0e-4 }
eval: { every: 2 }
checkpoints: { every: 1 }
`;

const questions = Array.from({ length: 20 }, (_, i) => ({ question: `${4 * i + 13}+${97 - 3 * i}=`, answer: i + 110 }));

describe("questions from a file", () => {
  let home = "";
  let file = "";
  let store: Store;
  const options = (id: string, more: Partial<RunOptions> = {}): RunOptions => ({
    home,
    id,
    onEvent: () => {},
    ...more,
  });
  const configOf = (...overrides: string[]): Config =>
    parseConfig(text, { file: join(home, "a.sparring.yaml"), overrides }).config;
  const written = questions.map((each) => `${JSON.stringify(each)}\n`).join("");
  const weights = (run: string, round: number): string => {
    const name = String(round).padStart(6, "0");
    return readFileSync(join(home, "runs", run, "checkpoints", name, "model.safetensors")).toString("base64");
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-file-"));
    file = join(home, "questions.jsonl");
    writeFileSync(file, written);
    store = new Store(home);
    await startRun(configOf(), options("a"));
  });
  after(() => rmSync(home, { recursive: true }));

  test("are asked, graded and recorded; held-out ones are only measured", async () => {
    const { data } = await store.readRun("a");
    assert.deepEqual([data!.source, data!.records, data!.heldOut], [file, 20, 2]);
    const rounds = await store.readRounds("a");
    assert.match(rounds[0]!.notes[0]!, /^Asks 18 questions of .*questions.jsonl; 2 more are only measured\.$/);
    const known = new Map(questions.map(({ question, answer }) => [question, String(answer)]));
    for (const round of [1, 2, 3, 4]) {
      for (const { text: query, admitted, answers } of await store.readSamples("a", round)) {
        assert.ok(admitted && known.has(query));
        for (const { text: answer, reward } of answers) assert.equal(reward, answer === known.get(query) ? 1 : 0);
      }
    }
    assert.deepEqual(
      rounds.map(({ metrics }) => typeof metrics["eval/accuracy"]),
      ["number", "undefined", "number", "undefined", "number"],
    );
  });

  test("are learned", async () => {
    await startRun(configOf("game.queries=16", "game.answers=8", "game.rounds=40"), options("long"));
    const rewards = (await store.readRounds("long")).slice(1).map(({ metrics }) => metrics["solver/reward"]!);
    const mean = (some: readonly number[]): number => some.reduce((sum, each) => sum + each, 0) / some.length;
    const [early, late] = [mean(rewards.slice(0, 5)), mean(rewards.slice(-5))];
    assert.ok(late > early + 0.2, `reward ${early} → ${late}`);
  });

  test("go on after a stop as if nothing had been, bit for bit", async () => {
    const stopping = new AbortController();
    const stopAt = options("stopped", {
      signal: stopping.signal,
      onEvent: (event) => event.type === "round" && event.record.round === 2 && stopping.abort(),
    });
    assert.equal((await startRun(configOf(), stopAt)).status, "stopped");
    assert.equal((await resumeRun(options("stopped"))).status, "finished");
    assert.equal(weights("stopped", 4), weights("a", 4));
  });

  test("have to be the same: a changed file is an error for resume and fork, with what to do", async () => {
    const before = await store.readRounds("a");
    writeFileSync(file, written.replace('"answer":110', '"answer":111'));
    try {
      const refusal = { code: "data/other-data", place: file, next: /Put the old file back, or begin a new run/ };
      await assert.rejects(resumeRun(options("a")), refusal);
      await assert.rejects(forkRun("a", 2, [], options("same-file")), refusal);
      assert.deepEqual(await store.readRounds("a"), before);
      const other = join(home, "other.jsonl");
      writeFileSync(other, readFileSync(file));
      await forkRun("a", 2, [`game.data=${other}`, "game.rounds=3"], options("other-file"));
      assert.equal((await store.readRun("other-file")).data!.source, other);
    } finally {
      writeFileSync(file, written);
    }
  });

  test("can be left behind: a fork goes on with a Challenger", async () => {
    const settings = ["algorithm.name=lsp", "game.task=addition", "challenger.max_tokens=8", "game.rounds=5"];
    const { status } = await forkRun("a", 4, settings, options("lsp"));
    assert.equal(status, "finished");
    assert.equal((await store.readRun("lsp")).data, undefined);
  });
});
