import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExportFormat, Sequence } from "../../engine/engine.ts";
import { SparringError } from "../../errors.ts";
import type { ResolvedModel } from "../../models/resolve.ts";
import { modelCard } from "./model-card.ts";
import { measureAdapter, measureFolder, type Probe, sequencesOf } from "./round-trip.ts";
import type { WeightSource } from "./source.ts";
import { makeFolder } from "./target.ts";

/**
 * Log-probabilities may differ by so much between the weights and their export, nat. Both are float32; an engine that computes in
 * bfloat16 rounds them anew when it opens the export (an adapter's merged copy differed by up to 0.03 on nano), and there the check
 * finds what is wrong as a whole: a tensor in the wrong place costs more than this.
 */
const tolerances = { float32: 1e-4, bfloat16: 0.25 } as const;

export interface ExportOptions {
  readonly format: ExportFormat;
  /** Absolute; must not exist, or be empty. */
  readonly dir: string;
  /** What the weights and their export are compared on; at least one. */
  readonly probes: readonly Probe[];
  /** Runs a piece of work on the device. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onStep: (what: "writes the weights" | "reads them back") => void;
}

/** What was written, and how it was checked. */
export interface WrittenWeights {
  readonly dir: string;
  readonly files: readonly string[];
  readonly bytes: number;
  readonly checked: string;
  /** Of the log-probabilities that were compared, nat. */
  readonly largestDifference: number;
}

/**
 * Writes weights for use elsewhere: with tokenizer, chat template and a model card. Before it says done it opens what it wrote in
 * a fresh engine, and compares log-probabilities. The folder is there as a whole, checked, or not at all.
 * @throws SparringError `run/export-differs`, `engine/no-adapter`, those of `makeFolder`
 */
export function exportWeights(source: WeightSource, options: ExportOptions): Promise<WrittenWeights> {
  const { engine, game, model } = source;
  const { format, dir, probes, turn, onStep } = options;
  return makeFolder(dir, async (folder) => {
    const sequences = sequencesOf(probes, game.task, game.tokenizer);
    const state = join(folder, ".state");
    onStep("writes the weights");
    // In one turn: training may move the weights before the next.
    const before = await turn(async () => {
      await engine.export(folder, format);
      if (format === "peft") {
        await mkdir(state);
        await engine.save(state);
      }
      return engine.logprobs(sequences, { policy: "current", temperature: 1 });
    });
    if (format === "hf") await sayFloat32(join(folder, "config.json"));
    else await completeAdapter(folder, model);
    await writeFile(join(folder, "README.md"), modelCard(source, format));

    onStep("reads them back");
    const after =
      format === "hf"
        ? await measureFolder(folder, source, probes, sequences, turn)
        : await measureAdapter(folder, state, source, sequences, turn);
    const largestDifference = largest(before, after);
    const isRounded = engine.capabilities.fingerprint.precision === "bfloat16";
    const tolerance = isRounded ? tolerances.bfloat16 : tolerances.float32;
    if (!(largestDifference <= tolerance)) throw differs(dir, largestDifference);
    await rm(state, { recursive: true, force: true });
    const files = (await readdir(folder)).sort();
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { dir, files, bytes, checked: checkedBy(format, sequences), largestDifference };
  });
}

/** The weights are written in float32, whatever the model's were: a config that says otherwise has them rounded at loading. */
async function sayFloat32(file: string): Promise<void> {
  const config = JSON.parse(await readFile(file, "utf8"));
  // transformers 5 calls `dtype` what was `torch_dtype` before; it reads both.
  const { dtype: _, ...rest } = config;
  await writeFile(file, `${JSON.stringify({ ...rest, torch_dtype: "float32" }, null, 2)}\n`);
}

/** Files of a model folder that say how texts become tokens and which token ends an answer. */
const textFiles =
  /^(tokenizer.*\.(json|model)|special_tokens_map\.json|added_tokens\.json|vocab\.(json|txt)|merges\.txt|chat_template\.(jinja|json)|generation_config\.json)$/;

/** Names the adapter's base, and brings the tokenizer along. */
async function completeAdapter(folder: string, { dir, name, pinned }: ResolvedModel): Promise<void> {
  const file = join(folder, "adapter_config.json");
  // A model of the hub is named as anybody finds it, at its commit.
  const base = pinned
    ? { base_model_name_or_path: name, revision: pinned.slice(pinned.lastIndexOf("@") + 1) }
    : { base_model_name_or_path: dir };
  const config = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, `${JSON.stringify({ ...config, ...base }, null, 2)}\n`);
  for (const each of await readdir(dir)) {
    if (textFiles.test(each)) await copyFile(join(dir, each), join(folder, each));
  }
}

/** The largest distance of two sets of log-probabilities; NaN where one is not a number. */
function largest(before: readonly Float32Array[], after: readonly Float32Array[]): number {
  const distances = before.flatMap((row, i) => Array.from(row, (value, t) => Math.abs(value - after[i]![t]!)));
  return distances.some(Number.isNaN) ? Number.NaN : Math.max(...distances);
}

function checkedBy(format: ExportFormat, sequences: readonly Sequence[]): string {
  const tokens = sequences.reduce((sum, { response }) => sum + response.length, 0);
  const what =
    format === "hf"
      ? "The folder was opened in a fresh engine, with its own tokenizer,"
      : "The adapter was read back into a fresh engine on its base model,";
  return `${what} and the log-probabilities of ${tokens} tokens in ${sequences.length} answers were compared.`;
}

function differs(dir: string, difference: number): SparringError {
  return new SparringError(
    "run/export-differs",
    `The exported weights do not give what the run's give: log-probabilities differ by up to ${difference.toPrecision(3)} nat. Nothing was left at ${dir}.`,
    "Report this with the run's log: an export must be exact.",
    { place: dir },
  );
}
