import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../../../errors.ts";
import { readSafetensors, type TensorToWrite, toFloat32, writeSafetensors } from "../../../models/safetensors.ts";
import { adapterConfig, adapterFiles } from "../../adapter.ts";
import type { AdapterRef, ExportFormat } from "../../engine.ts";
import type { Parameter } from "../llama/shape.ts";
import type { AdamW } from "./adamw.ts";
import { type PolicyStore, views } from "./policies.ts";

/*
 * Training state as files: the trainable weights under the names other tools expect (`model.safetensors`, or PEFT's
 * `adapter_model.safetensors` with `adapter_config.json`), AdamW's moments, and the step count.
 */

const peftPrefix = "base_model.model.";

const stateSchema = z.object({ format: z.literal(1), step: z.number().int().nonnegative() });

function weightsFile(adapter: AdapterRef | undefined): string {
  return adapter ? adapterFiles.weights : "model.safetensors";
}

function entries(parameters: readonly Parameter[], flat: Float32Array, prefix: string): [string, TensorToWrite][] {
  return views(parameters, flat).map(({ name, shape, view }) => [prefix + name, { dtype: "F32", shape, data: view }]);
}

export async function saveState(
  dir: string,
  policies: PolicyStore,
  optimizer: AdamW,
  adapter: AdapterRef | undefined,
): Promise<void> {
  const { trainable } = policies;
  const prefix = adapter ? peftPrefix : "";
  const weights = entries(trainable, policies.flat("current"), prefix);
  await writeSafetensors(join(dir, weightsFile(adapter)), new Map(weights));
  if (adapter) await writeFile(join(dir, adapterFiles.config), `${JSON.stringify(adapterConfig(adapter), null, 2)}\n`);
  const moments = [
    ...entries(trainable, optimizer.firstMoment, "m."),
    ...entries(trainable, optimizer.secondMoment, "v."),
  ];
  await writeSafetensors(join(dir, "optimizer.safetensors"), new Map(moments));
  await writeFile(join(dir, "engine.json"), `${JSON.stringify({ format: 1, step: optimizer.step })}\n`);
}

export async function loadState(
  dir: string,
  policies: PolicyStore,
  optimizer: AdamW,
  adapter: AdapterRef | undefined,
): Promise<void> {
  const file = join(dir, weightsFile(adapter));
  const { trainable } = policies;
  const weights = await read(file, trainable, [{ prefix: adapter ? peftPrefix : "", flat: policies.flat("current") }]);
  const moments = await read(join(dir, "optimizer.safetensors"), trainable, [
    { prefix: "m.", flat: optimizer.firstMoment },
    { prefix: "v.", flat: optimizer.secondMoment },
  ]);
  const state = stateSchema.parse(JSON.parse(await readFile(join(dir, "engine.json"), "utf8")));
  // Everything was read and fits: only now does anything change.
  weights();
  moments();
  optimizer.step = state.step;
}

/**
 * Reads the weights of a PEFT folder into an adapter's flat buffer.
 * @throws SparringError `engine/state-does-not-fit`, and those of `readSafetensors`
 */
export async function loadAdapter(dir: string, trainable: readonly Parameter[], flat: Float32Array): Promise<void> {
  const weights = await read(join(dir, adapterFiles.weights), trainable, [{ prefix: peftPrefix, flat }]);
  weights();
}

/**
 * Reads tensors that were written under a prefix each.
 * @returns what puts them into their flat buffers, once all that belongs together was read
 * @throws SparringError `engine/state-does-not-fit`, and those of `readSafetensors`
 */
async function read(
  path: string,
  trainable: readonly Parameter[],
  parts: readonly { readonly prefix: string; readonly flat: Float32Array }[],
): Promise<() => void> {
  const tensors = await readSafetensors(path);
  const copies = parts.flatMap(({ prefix, flat }) =>
    views(trainable, flat).map(({ name, view }) => {
      const tensor = tensors.get(prefix + name);
      const values = tensor && toFloat32(tensor);
      if (values?.length !== view.length) {
        throw new SparringError(
          "engine/state-does-not-fit",
          `${prefix}${name} is missing or has another size: this state belongs to another model or adapter.`,
          "Open the model and adapter settings that the state was saved with.",
          { place: path },
        );
      }
      return () => view.set(values);
    }),
  );
  return () => {
    for (const copy of copies) copy();
  };
}

/**
 * Writes a policy for use elsewhere. `hf`: the model's folder as it is (config, tokenizer, chat template), with the
 * trained weights in its place. `peft`: the adapter and its config.
 * @param merged all weights, an adapter merged in · @param source the folder that the model was opened from
 */
export async function exportPolicy(
  dir: string,
  format: ExportFormat,
  source: string,
  policies: PolicyStore,
  adapter: AdapterRef | undefined,
  merged: () => readonly { name: string; shape: readonly number[]; data: Float32Array }[],
): Promise<void> {
  if (format === "peft") {
    if (!adapter) {
      throw new SparringError(
        "engine/no-adapter",
        "All weights were trained, so there is no adapter to export.",
        "Export as a merged Hugging Face folder (hf).",
      );
    }
    const weights = new Map(entries(policies.trainable, policies.flat("current"), peftPrefix));
    await writeSafetensors(join(dir, weightsFile(adapter)), weights);
    await writeFile(join(dir, adapterFiles.config), `${JSON.stringify(adapterConfig(adapter), null, 2)}\n`);
    return;
  }
  for (const file of await readdir(source)) {
    if (/\.(json|jinja|txt|model)$/.test(file) && !file.endsWith(".safetensors.index.json")) {
      await copyFile(join(source, file), join(dir, file));
    }
  }
  const tensors = merged().map(({ name, shape, data }) => [name, { dtype: "F32", shape, data }] as const);
  await writeSafetensors(join(dir, "model.safetensors"), new Map(tensors), { format: "pt" });
}
