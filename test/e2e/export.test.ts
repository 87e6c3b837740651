/** Export of weights and of self-play data, with real engines: what is written, how it is checked, and what is never left behind. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { AbortedError, SparringError } from "../../daemon/errors.ts";
import { readSafetensors, toFloat32 } from "../../daemon/models/safetensors.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { ExportOptions } from "../../daemon/runs/export/weights.ts";
import { exportWeights } from "../../daemon/runs/export/weights.ts";
import type { Errand } from "../../daemon/runs/interactive/errand.ts";
import { startRun } from "../../daemon/runs/run.ts";
import { openSession } from "../../daemon/runs/session.ts";
import { Store } from "../../daemon/store/store.ts";

const nano = "daemon/models/nano/weights";
const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 4, rounds: 3 }
algorithm: { name: lsp }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 3, limit: 8 }
checkpoints: { every: 1, keep: 3 }
`;
const lora = "adapter: { rank: 2, alpha: 4, targets: [q_proj, down_proj] }\n";

const never = new AbortController().signal;
const steps: string[] = [];
const errand: Errand = { signal: never, onProgress: (what, done, total) => steps.push(`${what} ${done}/${total}`) };
const problem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof SparringError && error.code === code && error.next !== "";

function weightsIn(dir: string): Promise<Map<string, Float32Array>> {
  return readSafetensors(join(dir, "model.safetensors")).then(
    (tensors) => new Map([...tensors].map(([name, tensor]) => [name, toFloat32(tensor)])),
  );
}

function json(...path: string[]): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(join(...path), "utf8"));
}

describe("export", () => {
  let home = "";
  let out = "";
  let runs: Supervisor;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-export-"));
    out = join(home, "out");
    mkdirSync(out);
    for (const [id, config] of [
      ["full", text],
      ["lora", text + lora],
    ] as const) {
      await startRun(parseConfig(config, { file: `${id}.yaml` }).config, { home, id, onEvent: () => {} });
    }
    runs = await Supervisor.open({ home, log: () => {} });
  });
  after(async () => {
    await runs.close();
    rmSync(home, { recursive: true });
  });

  describe("of weights", () => {
    test("a checkpoint: a whole Hugging Face folder, whose weights are the checkpoint's, bit for bit", async () => {
      const dir = join(out, "new", "full");
      steps.length = 0;
      const written = await runs.exportWeights({ run: "full", weights: { checkpoint: 2 }, format: "hf", dir }, errand);
      assert.deepEqual(readdirSync(dir).sort(), [...readdirSync(nano), "README.md"].sort());
      assert.deepEqual([...written.files], readdirSync(dir).sort());
      assert.equal(written.dir, dir);
      assert.equal(written.weights, "round 2");
      assert.equal(written.largestDifference, 0);
      assert.match(written.checked, /fresh engine.*\d+ tokens in 16 answers/);
      assert.deepEqual(steps, ["full (round 2): writes the weights 0/2", "full (round 2): reads them back 1/2"]);

      const exported = await weightsIn(dir);
      for (const [name, values] of await weightsIn(join(home, "runs", "full", "checkpoints", "000002"))) {
        assert.deepEqual(exported.get(name), values, name);
      }
      for (const file of ["tokenizer.json", "tokenizer_config.json", "generation_config.json"]) {
        assert.deepEqual(readFileSync(join(dir, file)), readFileSync(join(nano, file)), file);
      }
      const { torch_dtype: dtype, ...config } = json(dir, "config.json");
      const { torch_dtype: before, ...own } = json(nano, "config.json");
      assert.deepEqual(config, own);
      assert.deepEqual([before, dtype], ["bfloat16", "float32"]);
    });

    test("its model card says what made it", async () => {
      const card = readFileSync(join(out, "new", "full", "README.md"), "utf8");
      assert.match(card, /^---\nlibrary_name: transformers\ntags:\n {2}- sparring\n/);
      for (const fact of [
        /round 2 of run `full`/,
        /\| algorithm \| lsp \|/,
        /engine onnx on CPU, 1 thread/,
        /float32/,
        /rounds: 3/,
        /base model \| `builtin:nano`/,
      ]) {
        assert.match(card, fact);
      }
    });

    test("an adapter merged in gives what base and adapter give", async () => {
      const dir = join(out, "merged");
      const written = await runs.exportWeights({ run: "lora", weights: "current", format: "hf", dir }, errand);
      assert.equal(written.weights, "round 3");
      assert.ok(written.largestDifference < 1e-4);
      const [base, merged] = [await weightsIn(nano), await weightsIn(dir)];
      const changed = [...merged].filter(([name, values]) => values.some((value, i) => value !== base.get(name)![i]));
      assert.equal(changed.length, 8, "q_proj and down_proj of four layers, and nothing else");
      assert.ok(changed.every(([name]) => /q_proj|down_proj/.test(name)));
    });

    test("a PEFT adapter, with its base's name and tokenizer", async () => {
      const dir = join(out, "adapter");
      const written = await runs.exportWeights({ run: "lora", weights: "current", format: "peft", dir }, errand);
      assert.match(written.checked, /adapter was read back into a fresh engine on its base model/);
      assert.equal(written.largestDifference, 0);
      const own = ["README.md", "adapter_config.json", "adapter_model.safetensors"];
      const copied = readdirSync(nano).filter((file) => !/^(config\.json|model\.)/.test(file));
      assert.deepEqual(readdirSync(dir).sort(), [...own, ...copied].sort());
      const { r, lora_alpha: alpha, base_model_name_or_path: base } = json(dir, "adapter_config.json");
      assert.deepEqual([r, alpha], [2, 4]);
      assert.ok(existsSync(join(base, "model.safetensors")));
    });

    test("the reference is the model that the stage began with", async () => {
      const dir = join(out, "reference");
      mkdirSync(dir);
      const written = await runs.exportWeights({ run: "lora", weights: "reference", format: "hf", dir }, errand);
      assert.equal(written.weights, "the reference");
      assert.deepEqual(await weightsIn(dir), await weightsIn(nano));
    });

    test("what can't be exported, and then nothing is left", async () => {
      const exporting = (changes: object): Promise<unknown> =>
        runs.exportWeights(
          { run: "full", weights: "current", format: "hf", dir: join(out, "refused"), ...changes } as never,
          errand,
        );
      await assert.rejects(exporting({ format: "peft" }), problem("engine/no-adapter"));
      await assert.rejects(
        exporting({ run: "lora", weights: "reference", format: "peft" }),
        problem("run/reference-no-adapter"),
      );
      await assert.rejects(exporting({ dir: join(out, "merged") }), problem("run/target-exists"));
      await assert.rejects(exporting({ dir: join(out, "merged", "config.json") }), problem("run/target-exists"));
      await assert.rejects(exporting({ dir: "out" }), problem("run/target-not-absolute"));
      await assert.rejects(
        exporting({ dir: join(out, "merged", "config.json", "x") }),
        problem("run/target-not-written"),
      );
      await assert.rejects(exporting({ run: "none" }), problem("store/unknown-run"));
      await assert.rejects(exporting({ weights: { checkpoint: 99 } }), problem("store/unknown-checkpoint"));
      const aborted = AbortSignal.abort();
      const cancelled = runs.exportWeights(
        { run: "full", weights: "current", format: "hf", dir: join(out, "refused") },
        { ...errand, signal: aborted },
      );
      await assert.rejects(cancelled, AbortedError);
      assert.deepEqual(readdirSync(out).sort(), ["adapter", "merged", "new", "reference"]);
    });

    /** Exports with something done to the folder before it is read back. */
    async function exportSpoilt(format: "hf" | "peft", id: string, spoil: (folder: string) => void): Promise<void> {
      const run = await new Store(home).readRun(id);
      const config = parseConfig(id === "lora" ? text + lora : text, { file: "x.yaml" }).config;
      const session = await openSession(config, run.lineage, home);
      try {
        const { engine, game, model } = session;
        const folder = mkdtempSync(join(home, "spoilt-"));
        const options: ExportOptions = {
          format,
          dir: join(folder, "target"),
          probes: [{ query: "1+2", answer: game.tokenizer.encode("3") }],
          turn: (work) => work(),
          onStep: (what) => {
            if (what === "reads them back") spoil(join(folder, readdirSync(folder)[0]!));
          },
        };
        await assert.rejects(
          exportWeights({ run, engine, game, model, words: "x", home }, options),
          problem("run/export-differs"),
        );
        assert.deepEqual(readdirSync(folder), [], "nothing is left");
      } finally {
        await session.close();
      }
    }
    const flipSign = (file: string) => (folder: string) => {
      const bytes = readFileSync(join(folder, file));
      // The last byte of a float32 has its sign.
      for (let at = bytes.length - 1; at > bytes.length - 4000; at -= 4) bytes[at]! ^= 0x80;
      writeFileSync(join(folder, file), bytes);
    };
    test("weights that do not come back as they were are an error", () =>
      exportSpoilt("hf", "full", flipSign("model.safetensors")));
    test("so is an adapter", () =>
      exportSpoilt("peft", "lora", (folder) => {
        // A fresh adapter's B is zero, so its sign says nothing: make it one.
        const file = join(folder, "adapter_model.safetensors");
        const bytes = readFileSync(file);
        const start = 8 + Number(bytes.readBigUInt64LE(0));
        for (let at = start; at < bytes.length; at += 4) bytes.writeFloatLE(0.5, at);
        writeFileSync(file, bytes);
      }));
    test("so is a chat template that writes other prompts", () =>
      exportSpoilt("hf", "full", (folder) => {
        const file = join(folder, "tokenizer_config.json");
        writeFileSync(file, readFileSync(file, "utf8").replace("'<|assistant|>'", "'<|user|>'"));
      }));
  });

  describe("of data", () => {
    const lines = (file: string): ReturnType<typeof JSON.parse>[] =>
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));

    test("completions: a line an answer, as TRL logs them", async () => {
      const file = join(out, "completions.jsonl");
      const written = await runs.exportSamples({ run: "full", data: "completions", first: 1, file }, errand);
      const rows = lines(file);
      const store = new Store(home);
      const queries = (await Promise.all([1, 2, 3].map((round) => store.readSamples("full", round)))).flat();
      const answers = queries.flatMap((query) => query.answers.map((answer) => ({ query, answer })));
      assert.deepEqual([written.rows, written.rounds, written.bytes], [answers.length, 3, readFileSync(file).length]);
      assert.deepEqual(
        rows.map(({ prompt, completion, reward, self_reward, advantage }) => [
          prompt,
          completion,
          reward,
          self_reward,
          advantage,
        ]),
        answers.map(({ query, answer }) => [
          `<|begin|><|user|>${query.text}=<|assistant|>`,
          answer.text,
          answer.reward,
          answer.selfReward,
          answer.advantage,
        ]),
      );
      assert.deepEqual(Object.keys(rows[0]), ["step", "prompt", "completion", "reward", "self_reward", "advantage"]);
    });

    test("preferences: right against wrong, of some rounds", async () => {
      const file = join(out, "preferences.jsonl");
      const written = await runs.exportSamples({ run: "full", data: "preferences", first: 2, last: 9, file }, errand);
      assert.equal(written.rounds, 2);
      const rows = lines(file);
      assert.ok(rows.length > 0);
      for (const { prompt, chosen, rejected, score_chosen, score_rejected, step } of rows) {
        const [a, b] = prompt[0].content.slice(0, -1).split("+").map(Number);
        assert.equal(chosen[0].content, String(a + b));
        assert.notEqual(rejected[0].content, String(a + b));
        assert.deepEqual([score_chosen, score_rejected, prompt[0].role, chosen[0].role], [1, 0, "user", "assistant"]);
        assert.ok(step === 2 || step === 3);
      }
    });

    test("what can't be exported, and then nothing is left", async () => {
      const before = readdirSync(out);
      const params = { run: "full", data: "completions", first: 1, file: join(out, "refused.jsonl") } as const;
      await assert.rejects(runs.exportSamples({ ...params, first: 4 }, errand), problem("run/no-such-rounds"));
      await assert.rejects(
        runs.exportSamples({ ...params, file: join(out, "completions.jsonl") }, errand),
        problem("run/target-exists"),
      );
      await assert.rejects(runs.exportSamples(params, { ...errand, signal: AbortSignal.abort() }), AbortedError);
      rmSync(join(home, "runs", "full", "samples", "000003.jsonl"));
      await assert.rejects(runs.exportSamples(params, errand), problem("store/no-samples"));
      assert.deepEqual(readdirSync(out), before);
    });
  });
});
