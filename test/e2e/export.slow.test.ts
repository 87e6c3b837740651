/** Exports at the terminal of a person, in the hands of transformers and PEFT, and beside training. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { AbortedError } from "../../daemon/errors.ts";
import { type ParamsOf, requests } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { Errand } from "../../daemon/runs/interactive/errand.ts";
import { startRun } from "../../daemon/runs/run.ts";
import { openSession } from "../../daemon/runs/session.ts";
import { Store } from "../../daemon/store/store.ts";
import { requireVerifiable } from "../../daemon/tasks/task.ts";
import { missing } from "../parity/reference.ts";
import { Terminal } from "./cli.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 4, rounds: 4 }
algorithm: { name: lsp }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 4, limit: 16 }
checkpoints: { every: 2, keep: 3 }
`;
const lora = "adapter: { rank: 4, alpha: 8, targets: [q_proj, v_proj, down_proj] }\n";
const errand: Errand = { signal: new AbortController().signal, onProgress: () => {} };

describe("exports", () => {
  let home = "";
  let runs: Supervisor;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-export-slow-"));
    runs = await Supervisor.open({ home, log: () => {} });
  });
  after(async () => {
    await runs.close();
    rmSync(home, { recursive: true });
  });

  test("are loaded by transformers and PEFT as the command says, and give what our engine gives", async (t) => {
    const skip = missing("llama-tied");
    if (skip) return t.skip(skip);
    const { config } = parseConfig(text + lora, { file: "lora.yaml" });
    await startRun(config, { home, id: "lora", onEvent: () => {} });
    const [hf, peft] = [join(home, "hf"), join(home, "peft")];
    await runs.exportWeights({ run: "lora", weights: "current", format: "hf", dir: hf }, errand);
    await runs.exportWeights({ run: "lora", weights: "current", format: "peft", dir: peft }, errand);

    const store = new Store(home);
    const session = await openSession(config, (await store.readRun("lora")).lineage, home);
    const { tokenizer } = session.game;
    const task = requireVerifiable(session.game.task);
    const sequences = task
      .heldOut()
      .slice(0, 24)
      .map((query) => ({
        prompt: tokenizer.renderPrompt(task.solverPrompt(query)),
        response: [...tokenizer.encode(task.expected(query)), tokenizer.eosToken],
      }));
    await session.engine.load((await store.listCheckpoints("lora")).at(-1)!.dir);
    const own = await session.engine.logprobs(sequences, { policy: "current", temperature: 1 });
    const base = await session.engine.logprobs(sequences, { policy: "reference", temperature: 1 });
    await session.close();

    const python = join(
      process.env.SPARRING_PARITY_CACHE ?? join(homedir(), ".cache", "sparring-parity"),
      "venv/bin/python",
    );
    const chat = [...task.solverPrompt("12+34")];
    const { stdout, stderr } = spawnSync(python, ["test/e2e/load-export.py"], {
      input: JSON.stringify({ hf, peft, sequences, chat }),
      env: { ...process.env, HF_HUB_OFFLINE: "1" },
      encoding: "utf8",
    });
    assert.notEqual(stdout, "", stderr);
    const loaded = JSON.parse(stdout);
    assert.equal(loaded.dtype, "torch.float32");
    assert.deepEqual(loaded.chats, [tokenizer.renderPrompt(chat), tokenizer.renderPrompt(chat)]);
    assert.equal(loaded.eos, tokenizer.eosToken);
    const distance = (rows: number[][], others: readonly Float32Array[]): number =>
      Math.max(...rows.flatMap((row, i) => row.map((value, j) => Math.abs(value - others[i]![j]!))));
    const found = { hf: distance(loaded.hf, own), peft: distance(loaded.peft, own), base: distance(loaded.hf, base) };
    t.diagnostic(JSON.stringify(found));
    assert.ok(found.hf < 1e-3 && found.peft < 1e-3, JSON.stringify(found));
    assert.ok(found.base > 0.01, "training changed something");
  });

  /** Starts a run that trains when it is let go on, waits until it plays, works, and gives its metrics with those of its twin. */
  async function beside(id: string, work: () => Promise<void>): Promise<[unknown, unknown]> {
    const overrides = ["game.rounds=12", "game.queries=4", "checkpoints.every=12"];
    const { config } = parseConfig(text, { file: "live.yaml", overrides });
    const finished = new Promise<void>((done) => {
      runs.on("changed", (run) => run.id === id && run.state === "finished" && done());
    });
    const playing = new Promise<void>((done) => {
      runs.on("progress", (run) => run === id && (runs.progress(id)?.finished ?? 0) >= 1 && done());
    });
    await runs.start({ run: id, config: { ...config } });
    await playing;
    await work();
    assert.equal((await runs.overview(id)).state, "running", "it was still training");
    await finished;
    await startRun(config, { home, id: `${id}-alone`, onEvent: () => {} });
    const store = new Store(home);
    const of = async (run: string): Promise<unknown> => (await store.readRounds(run)).map(({ metrics }) => metrics);
    return [await of(id), await of(`${id}-alone`)];
  }

  test("of a run that trains are its weights of that moment, and move nothing", async () => {
    const metrics = await beside("exported", async () => {
      const dir = join(home, "live");
      const written = await runs.exportWeights({ run: "exported", weights: "current", format: "hf", dir }, errand);
      assert.equal(written.weights, "the weights as they are being trained");
      assert.equal(written.largestDifference, 0);
    });
    assert.deepEqual(...metrics);
  });

  test("an evaluation of a run that trains asks a copy of its weights, and moves nothing", async () => {
    const evaluate = (params: ParamsOf<"sparring/checkpoint/evaluate">, signal = errand.signal) =>
      runs.evaluate(requests["sparring/checkpoint/evaluate"].params.parse(params), { ...errand, signal });
    const metrics = await beside("evaluated", async () => {
      const against = { run: "evaluated", weights: "reference" } as const;
      const { weights, tasks } = await evaluate({ run: "evaluated", against, limit: 64 });
      assert.match(weights, /^a copy of its weights, taken in round \d+$/);
      assert.equal(tasks, 64);
      await assert.rejects(evaluate({ run: "evaluated" }, AbortSignal.timeout(50)), AbortedError);
    });
    assert.deepEqual(...metrics);
  });
});

describe("at the terminal", () => {
  const terminal = new Terminal();
  const file = join(terminal.folder, "short.sparring.yaml");
  before(async () => {
    writeFileSync(file, text);
    assert.equal((await terminal.run(["run", file])).code, 0);
  });
  after(() => terminal.close());

  test("weights go into a folder of mine, once", async () => {
    const dir = join(terminal.folder, "weights");
    const { code, stdout } = await terminal.run(["export", "last@2", dir]);
    assert.equal(code, 0);
    assert.match(stdout, /^Exported round 2 as a Hugging Face folder: \d+ files, [\d.]+ MB\.\n/);
    assert.match(stdout, /They are equal\.\n/);
    assert.ok(readdirSync(dir).includes("README.md"));
    const again = await terminal.run(["export", "last", dir]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /run\/target-exists[\s\S]*Give another name/);
  });

  test("data goes into a file of mine, in a folder that is made", async () => {
    const data = join(terminal.folder, "new", "d.jsonl");
    const written = await terminal.json(["export", "last", data, "--data", "completions", "--rounds", "2-3"]);
    assert.deepEqual([written.file, written.rounds], [resolve(data), 2]);
    const rows = readFileSync(data, "utf8").trimEnd().split("\n");
    assert.equal(rows.length, written.rows);
    assert.deepEqual([...new Set(rows.map((row) => JSON.parse(row).step))], [2, 3]);
  });

  test("what a run is worth, alone and against its base", async () => {
    const { stdout, code } = await terminal.run(["eval", "last", "--against", "base", "--limit", "40"]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^Held-out accuracy on 40 tasks[\s\S]*round 4[\s\S]*the reference[\s\S]*\d+ won, \d+ tied, \d+ lost\./,
    );
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
    const { accuracy } = await terminal.json(["eval", "last@2", "--limit", "40"]);
    assert.ok(accuracy.low <= accuracy.value && accuracy.value <= accuracy.high);
  });
});
