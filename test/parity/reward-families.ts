import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { Classifier } from "../../daemon/engine/classifier/classifier.ts";
import { rewardModel } from "../../daemon/judge/reward-model.ts";
import { readClassifierConfig } from "../../daemon/models/classifier-config.ts";
import { rewardReader } from "../../daemon/models/reward-reader.ts";
import { pairAt } from "../unit/judge/pairs.ts";
import { python as parityPython } from "./reference.ts";
import { nastyTexts } from "./strings.ts";

const run = promisify(execFile);

/** One with torch, transformers, onnx and onnxscript. */
const exportPython = process.env.SPARRING_EXPORT_PYTHON ?? parityPython;

/** Why nothing can be exported here, as `skip` of a test wants it; false if it can. With CI in the environment it fails. */
export function lacksExport(): string | false {
  const look = "import importlib.util as i; assert i.find_spec('onnx') and i.find_spec('onnxscript')";
  try {
    execFileSync(exportPython, ["-c", look], { stdio: "ignore" });
    return false;
  } catch {
    if (process.env.CI) throw new Error(`${exportPython} has no onnx and onnxscript: see test/parity/requirements.txt`);
    return "install onnx and onnxscript, and name that Python in SPARRING_EXPORT_PYTHON";
  }
}

/** A folder of the test's own. */
export function exportFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-export-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs Python in the repository, on one thread, without the network. */
export async function runPython(args: readonly string[]): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: "1", HF_HUB_OFFLINE: "1", PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout } = await run(exportPython, [...args], { env, maxBuffer: 2 ** 26 });
  return stdout;
}

/** What a family's own tokenizer and transformers make of pairs of texts. */
interface Theirs {
  readonly family: string;
  readonly tokens: readonly number[][];
  readonly logits: readonly number[];
}

/** Pairs of texts that tokenizers get wrong, short enough for every model here. */
const texts = nastyTexts
  .filter((text) => text.trim() !== "" && text.length < 40)
  .flatMap((text, i, all): [string, string][] => (i % 4 === 0 ? [[text, all.at(-1 - i)!]] : []));

/**
 * Makes a small random model of each family, exports it as the command does, and finds that texts become the same tokens here as in
 * transformers, and the same logits in our process.
 */
export async function agreesWithTransformers(t: TestContext, families: readonly string[]): Promise<void> {
  const folder = exportFolder(t);
  const script = "test/parity/reward_families.py";
  const lines = (await runPython([script, folder, JSON.stringify(texts), ...families])).trim().split("\n");
  const made = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Theirs);
  assert.deepEqual(
    made.map(({ family }) => family),
    families,
  );
  for (const { family, tokens, logits } of made) {
    const dir = join(folder, family, "onnx");
    const ours = await scored(t, dir);
    assert.deepEqual(ours.tokens, tokens, family);
    const differences = ours.values.map((value, i) => Math.abs(value - logits[i]!));
    t.diagnostic(
      `${family}: ${texts.length} pairs, largest difference of a logit ${Math.max(...differences).toExponential(1)}`,
    );
    assert.ok(Math.max(...differences) < 1e-4, `${family}: ${Math.max(...differences)}`);
    assert.ok(Math.max(...logits) - Math.min(...logits) > 0.1, `${family}: the logits say nothing`);
  }
}

/** What an exported folder makes of the pairs here. */
export async function scored(t: TestContext, dir: string): Promise<{ tokens: number[][]; values: number[] }> {
  const config = await readClassifierConfig(dir);
  const classifier = new Classifier({ dir, padTokenId: config.padTokenId }, 1);
  t.after(() => classifier.close());
  const read = await rewardReader(dir, config);
  const model = { name: "random", read, maxTokens: config.maxTokens };
  const scorer = rewardModel({ ...model, classify: (some) => classifier.classify(some) }, "logit");
  const judgements = await scorer.score(texts.map(([query, answer], i) => pairAt(query, answer, i)));
  const tokens = texts.map(([query, answer]) => [...read(query, answer).tokens]);
  return { tokens, values: judgements.map(({ value }) => value!) };
}
