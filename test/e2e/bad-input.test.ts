import assert from "node:assert/strict";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { readSafetensors, toFloat32, writeSafetensors } from "../../daemon/models/safetensors.ts";
import type { RunOverview } from "../../daemon/protocol.ts";
import { type Ended, Terminal } from "./cli.ts";

/*
 * What a user can get wrong, through the real program and its daemon: each ends with exit code 2 (config) or 1, a message with
 * the place and the next step, and no stack trace. What is refused leaves nothing behind.
 */

const config = `
model: { path: "MODEL" }
game: { task: addition, queries: 4, answers: 4, rounds: 2 }
algorithm: { name: lsp }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-4 }
eval: { limit: 8 }
`;

describe("bad input", () => {
  const terminal = new Terminal();
  const { folder, home } = terminal;
  let nano = "";

  function run(text: string, ...overrides: string[]): Promise<Ended> {
    const file = join(folder, "test.sparring.yaml");
    writeFileSync(file, text);
    return terminal.run(["run", file, ...overrides]);
  }

  /** A copy of nano that a test may spoil. */
  function model(name: string): string {
    const dir = join(folder, name);
    cpSync(nano, dir, { recursive: true });
    return dir;
  }

  const runs = (): string[] => (existsSync(join(home, "runs")) ? readdirSync(join(home, "runs")) : []);

  /** It ended so, with a message that a person can act on. */
  async function ended(ending: Promise<Ended>, code: number, patterns: readonly RegExp[]): Promise<void> {
    const result = await ending;
    for (const pattern of patterns) assert.match(result.stderr, pattern);
    assert.doesNotMatch(result.stderr, /\n\s+at .*:\d+:\d+/, "a stack trace is no message");
    assert.equal(result.code, code, result.stderr);
  }

  /** Nothing was started, and nothing is left behind. */
  async function refused(ending: Promise<Ended>, code: number, ...patterns: RegExp[]): Promise<void> {
    const before = runs();
    await ended(ending, code, patterns);
    assert.deepEqual(runs(), before, "a refused run leaves nothing behind");
  }

  /** The run failed before its first round; it is kept with its problem, so that a queue tells in the morning what failed. */
  async function failed(ending: Promise<Ended>, ...patterns: RegExp[]): Promise<void> {
    await ended(ending, 1, patterns);
    const [newest]: RunOverview[] = await terminal.json(["list"]);
    assert.deepEqual([newest!.state, newest!.round], ["failed", null]);
    for (const pattern of patterns) assert.match(JSON.stringify(newest!.problem), pattern);
  }

  before(async () => {
    nano = (await resolveModel("builtin:nano", ".")).dir;
  });
  after(() => terminal.close());

  const builtin = config.replace("MODEL", "builtin:nano");

  test("a misspelt key: the line, and the key that was meant", () => {
    const result = run(builtin.replace("answers: 4", "anwsers: 4"));
    return refused(result, 2, /test\.sparring\.yaml:3:\d+/, /anwsers/, /answers/);
  });
  test("a wrong type", () => {
    return refused(run(builtin.replace("queries: 4", "queries: many")), 2, /test\.sparring\.yaml:3:\d+/, /many/);
  });
  test("one answer a query", () => {
    return refused(run(builtin, "game.answers=1"), 2, /game\.answers/, /advantage/);
  });
  test("one query with LSP", () => {
    return refused(run(builtin, "game.queries=1"), 2, /game\.queries/);
  });
  test("a config of 10 MB", () => {
    return refused(run(`# ${"x".repeat(10_000_000)}\n${builtin}`), 2, /10\.0 MB/);
  });
  test("a missing model", () => {
    return refused(run(config.replace("MODEL", "./nowhere")), 1, /nowhere/, /builtin:nano/);
  });
  test("an unsupported architecture", () => {
    const dir = model("bert");
    writeFileSync(join(dir, "config.json"), JSON.stringify({ architectures: ["BertForMaskedLM"] }));
    return failed(run(config.replace("MODEL", dir)), /BertForMaskedLM/, /LlamaForCausalLM/);
  });
  test("weights that do not fit config.json", () => {
    const dir = model("unfit");
    const file = join(dir, "config.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"intermediate_size": 384', '"intermediate_size": 385'));
    return failed(run(config.replace("MODEL", dir)), /mlp\.gate_proj\.weight/, /385/);
  });
  test("corrupt safetensors", () => {
    const dir = model("corrupt");
    truncateSync(join(dir, "model.safetensors"), 100_000);
    return failed(run(config.replace("MODEL", dir)), /model\.safetensors/);
  });
  test("pickle weights", () => {
    const dir = model("pickle");
    rmSync(join(dir, "model.safetensors"));
    writeFileSync(join(dir, "pytorch_model.bin"), "");
    return refused(run(config.replace("MODEL", dir)), 1, /pickle/, /safe_serialization/);
  });
  test("a SPARRING_HOME that is a file", async () => {
    const other = new Terminal();
    writeFileSync(other.home, "");
    const result = await other.run(["play"]);
    await other.close();
    assert.notEqual(result.code, 0);
    assert.doesNotMatch(result.stderr, /\n\s+at .*:\d+:\d+/);
    assert.match(result.stderr, /home/);
  });

  test("a model that emits only its end token trains without a complaint it does not deserve, and says why nothing happens", async () => {
    const dir = model("silent");
    const file = join(dir, "model.safetensors");
    const tensors = [...(await readSafetensors(file))].map(([name, tensor]) => {
      const width = tensor.shape.at(-1)!;
      // Every hidden state points one way, and the end token's embedding is the longest that way.
      const data = toFloat32(tensor).map((value, i) => {
        if (name.includes("embed_tokens")) return Math.floor(i / width) === 2 ? 4 : 0.1;
        return tensor.shape.length === 1 ? value : 0;
      });
      return [name, { dtype: "F32" as const, shape: tensor.shape, data }] as const;
    });
    await writeSafetensors(file, new Map(tensors));
    for (const algorithm of ["lsp", "grpo"]) {
      const text =
        algorithm === "lsp" ? config : config.replace("name: lsp", "name: grpo").replace(/challenger:.*\n/, "");
      const result = await run(text.replace("MODEL", dir));
      assert.equal(result.code, 0, result.stderr);
    }
    const notes = runs()
      .map((id) => join(home, "runs", id, "rounds.jsonl"))
      .flatMap((file) => (existsSync(file) ? [readFileSync(file, "utf8")] : []));
    assert.ok(
      notes.some((text) => /no query admitted: the Challenger learns nothing/.test(text)),
      notes.join("\n"),
    );
  });
});
