import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { AbortedError, SparringError } from "../../errors.ts";
import { EngineProcess } from "../child.ts";
import type { CallOptions } from "../engine.ts";
import { concatenate } from "../wire.ts";

/** An exported classifier of sequences with one label. */
export interface ClassifierModel {
  /**
   * Folder with model.onnx: inputs `input_ids`, `attention_mask` and perhaps `token_type_ids` and `position_ids` [batch, length], int64;
   * output `logits` [batch, 1].
   */
  readonly dir: string;
  readonly padTokenId: number;
}

/** A sequence of tokens, perhaps of two texts. */
export interface ClassifierInput {
  readonly tokens: ArrayLike<number>;
  /** `token_type_ids`: one a token; left out: all 0. */
  readonly types?: ArrayLike<number>;
}

/** A sequence's logit, or why there is none. */
export type Classified = { readonly logit: number } | { readonly logit: null; readonly reason: string };

/** Padded tokens of a batch at most, unless one sequence has more: bounds memory, and how long a call that was cancelled goes on. */
export const batchTokens = 2048;
/** A process that ends this often in a row is not started again within the same call. */
const deathsInARow = 3;

/**
 * A classifier on ONNX Runtime, on the CPU, in a process of its own. The process starts with the first call. If it crashes, the
 * sequences that it was working on have no logit, and a new one goes on with the others.
 */
export class Classifier {
  readonly #model: ClassifierModel;
  readonly #threads: number;
  #process: EngineProcess | undefined;
  #hasWorked = false;

  constructor(model: ClassifierModel, threads: number) {
    this.#model = model;
    this.#threads = threads;
  }

  /** Process id of the worker, while there is one. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Logits of sequences, in their order. Sequences of like length share a batch, so that little is padding.
   * @throws SparringError `engine/unusable-classifier`, `engine/classifier-died` where it never worked; AbortedError
   */
  async classify(inputs: readonly ClassifierInput[], options: CallOptions = {}): Promise<Classified[]> {
    const results: Classified[] = [];
    let deaths = 0;
    let done = 0;
    for (const batch of batchesOf(inputs.map(({ tokens }) => tokens.length))) {
      if (options.signal?.aborted) throw new AbortedError("classify");
      const [rows, fail] = [batch.map((at) => inputs[at]!), reasonFor(batch, results)];
      if (deaths === deathsInARow) fail(`the reward model's process ended ${deaths} times in a row`);
      else {
        try {
          const logits = await this.#logits(rows);
          for (const [i, at] of batch.entries()) results[at] = classified(logits[i]!);
          deaths = 0;
        } catch (error) {
          if (isDeath(error)) deaths++;
          else if (error instanceof SparringError) throw error;
          fail((error as Error).message);
        }
      }
      done += batch.length;
      options.onProgress?.(done, inputs.length);
    }
    return results;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const ending = this.#process;
    this.#process = undefined;
    await ending?.close();
  }

  async #logits(rows: readonly ClassifierInput[]): Promise<Float32Array> {
    try {
      if (!this.#process) await this.#start();
      const tokens = rows.map((row) => row.tokens);
      const types = rows.map((row) => row.types ?? []);
      const arrays = [...concatenate(Int32Array, tokens), ...concatenate(Int32Array, types)];
      const answer = await this.#process!.request("classify", {}, arrays);
      this.#hasWorked = true;
      return answer.arrays[0] as Float32Array;
    } catch (error) {
      if (!isDeath(error)) throw error;
      await this.close();
      throw this.#hasWorked ? error : neverWorked(error, this.#model.dir);
    }
  }

  async #start(): Promise<void> {
    const { dir, padTokenId } = this.#model;
    this.#process = new EngineProcess("reward model", workerCommand());
    try {
      const request = { path: join(dir, "model.onnx"), pad: padTokenId, threads: this.#threads };
      await this.#process.request("open", request);
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}

/** Indices of sequences of such lengths, in batches of like length: the longest first, so that memory does not grow later. */
export function batchesOf(lengths: readonly number[]): number[][] {
  const byLength = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
  const batches: number[][] = [];
  for (const at of byLength) {
    const last = batches.at(-1);
    const width = last ? lengths[last[0]!]! : 0;
    if (last && width * (last.length + 1) <= batchTokens) last.push(at);
    else batches.push([at]);
  }
  return batches;
}

function reasonFor(batch: readonly number[], results: Classified[]): (reason: string) => void {
  return (reason) => {
    for (const at of batch) results[at] = { logit: null, reason };
  };
}

function classified(logit: number): Classified {
  return Number.isFinite(logit) ? { logit } : { logit: null, reason: `the reward model's value is ${logit}` };
}

function isDeath(error: unknown): boolean {
  return error instanceof SparringError && error.code === "engine/died";
}

function neverWorked(cause: unknown, place: string): SparringError {
  return new SparringError(
    "engine/classifier-died",
    `The reward model could not be loaded: ${(cause as Error).message}`,
    "Free memory, or use a smaller reward model.",
    { place, cause },
  );
}

/** The worker's program, found as the embedded engine finds its own: it lies beside that one. */
function workerCommand(): [string, ...string[]] {
  const bundled = fileURLToPath(new URL("./classifier-worker.js", import.meta.url));
  if (existsSync(bundled)) return [process.execPath, bundled];
  const beside = process.env.SPARRING_ONNX_WORKER;
  if (beside) return [process.execPath, join(dirname(beside), "classifier-worker.js")];
  return [process.execPath, "--import", "tsx", fileURLToPath(new URL("./worker.ts", import.meta.url))];
}
