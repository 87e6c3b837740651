import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { readSafetensors, toFloat32, writeSafetensors } from "../../daemon/models/safetensors.ts";

/*
 * What a user can get wrong, through the real program: each ends with exit code 2 (config) or 1, a message with the place
 * and the next step, no stack trace, and nothing left behind.
 */

const program = new URL("../../dist/sparring.js", import.meta.url).pathname;
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
  let folder = "";
  let nano = "";

  function run(text: string, ...overrides: string[]): { status: number | null; stderr: string; stdout: string } {
    const file = join(folder, "test.sparring.yaml");
    writeFileSync(file, text);
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, "run", file, ...overrides], {
      encoding: "utf8",
      env: { ...process.env, SPARRING_HOME: join(folder, "home"), NO_COLOR: "1" },
    });
    return { status, stderr, stdout };
  }

  /** A copy of nano that a test may spoil. */
  function model(name: string): string {
    const dir = join(folder, name);
    cpSync(nano, dir, { recursive: true });
    return dir;
  }

  function refused(result: ReturnType<typeof run>, status: number, ...patterns: RegExp[]): void {
    for (const pattern of patterns) assert.match(result.stderr, pattern);
    assert.doesNotMatch(result.stderr, /\n\s+at .*:\d+:\d+/, "a stack trace is no message");
    assert.equal(result.status, status, result.stderr);
    const runs = join(folder, "home", "runs");
    assert.deepEqual(existsSync(runs) ? readdirSync(runs) : [], [], "a refused run leaves nothing behind");
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-bad-"));
    nano = (await resolveModel("builtin:nano", ".")).dir;
  });
  after(() => rmSync(folder, { recursive: true }));

  const builtin = config.replace("MODEL", "builtin:nano");

  test("a misspelt key: the line, and the key that was meant", () => {
    const result = run(builtin.replace("answers: 4", "anwsers: 4"));
    refused(result, 2, /test\.sparring\.yaml:3:\d+/, /anwsers/, /answers/);
  });
  test("a wrong type", () => {
    refused(run(builtin.replace("queries: 4", "queries: many")), 2, /test\.sparring\.yaml:3:\d+/, /many/);
  });
  test("one answer a query", () => {
    refused(run(builtin, "game.answers=1"), 2, /game\.answers/, /advantage/);
  });
  test("one query with LSP", () => {
    refused(run(builtin, "game.queries=1"), 2, /game\.queries/);
  });
  test("a config of 10 MB", () => {
    refused(run(`# ${"x".repeat(10_000_000)}\n${builtin}`), 2, /10\.0 MB/);
  });
  test("a missing model", () => {
    refused(run(config.replace("MODEL", "./nowhere")), 1, /nowhere/, /builtin:nano/);
  });
  test("an unsupported architecture", () => {
    const dir = model("bert");
    writeFileSync(join(dir, "config.json"), JSON.stringify({ architectures: ["BertForMaskedLM"] }));
    refused(run(config.replace("MODEL", dir)), 1, /BertForMaskedLM/, /LlamaForCausalLM/);
  });
  test("weights that do not fit config.json", () => {
    const dir = model("unfit");
    const file = join(dir, "config.json");
    writeFileSync(file, readFileSync(file, "utf8").replace('"intermediate_size": 384', '"intermediate_size": 385'));
    refused(run(config.replace("MODEL", dir)), 1, /mlp\.gate_proj\.weight/, /385/);
  });
  test("corrupt safetensors", () => {
    const dir = model("corrupt");
    truncateSync(join(dir, "model.safetensors"), 100_000);
    refused(run(config.replace("MODEL", dir)), 1, /model\.safetensors/);
  });
  test("pickle weights", () => {
    const dir = model("pickle");
    rmSync(join(dir, "model.safetensors"));
    writeFileSync(join(dir, "pytorch_model.bin"), "");
    refused(run(config.replace("MODEL", dir)), 1, /pickle/, /safe_serialization/);
  });
  test("a SPARRING_HOME that is a file", () => {
    writeFileSync(join(folder, "home"), "");
    const result = run(builtin);
    rmSync(join(folder, "home"));
    assert.notEqual(result.status, 0);
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
    mkdirSync(join(folder, "home"), { recursive: true });
    for (const algorithm of ["lsp", "grpo"]) {
      const text =
        algorithm === "lsp" ? config : config.replace("name: lsp", "name: grpo").replace(/challenger:.*\n/, "");
      const result = run(text.replace("MODEL", dir));
      assert.equal(result.status, 0, result.stderr);
    }
    const runs = join(folder, "home", "runs");
    const notes = readdirSync(runs).map((id) => readFileSync(join(runs, id, "rounds.jsonl"), "utf8"));
    assert.ok(
      notes.some((text) => /no query admitted: the Challenger learns nothing/.test(text)),
      notes.join("\n"),
    );
  });
});
