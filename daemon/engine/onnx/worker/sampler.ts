import type { Tensor } from "onnxruntime-node";
import type { Completion, SampleKey } from "../../engine.ts";
import { sampleUniform } from "../../random.ts";
import { lengthBucket, powerOfTwo } from "../batching.ts";
import { decodeProgram, type ProgramOptions, prefillProgram } from "../llama/programs.ts";
import { float32, floats, int32, int64, type SessionCache } from "../runtime/sessions.ts";
import { KeyValueCache } from "./cache.ts";

export interface SamplerRequest {
  readonly prompt: Int32Array;
  readonly key: SampleKey;
}

export interface SamplerOptions {
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly stopTokens: ReadonlySet<number>;
  /** Rows that decode side by side at most. */
  readonly maxRows: number;
  /** Called between steps: yields to the event loop, throws if the call was cancelled. */
  readonly checkpoint: (done: number) => Promise<void>;
}

/** An answer being written. */
interface Row {
  readonly request: number;
  readonly prompt: number;
  readonly tokens: number[];
  readonly logprobs: number[];
}

/** What a prompt left behind: its logits and its keys and values, of all layers. */
interface Prefilled {
  readonly prompt: Int32Array;
  logits: Float32Array;
  readonly keys: Float32Array[];
  readonly values: Float32Array[];
  /** Its row in the prefill's outputs, and those outputs' length. */
  row: number;
  length: number;
}

/**
 * Draws completions: every distinct prompt is prefilled once, its answers share the result; then all rows advance one
 * token at a time, and rows that ended leave the batch when it can halve.
 */
export class Sampler {
  readonly #sessions: SessionCache;
  readonly #program: ProgramOptions;
  #cache: KeyValueCache | undefined;

  constructor(sessions: SessionCache, program: ProgramOptions) {
    this.#sessions = sessions;
    this.#program = program;
  }

  async sample(requests: readonly SamplerRequest[], options: SamplerOptions): Promise<Completion[]> {
    const completions: Completion[] = new Array(requests.length);
    let done = 0;
    for (let start = 0; start < requests.length; start += options.maxRows) {
      const wave = requests.slice(start, start + options.maxRows);
      const { prompts, promptOf } = distinct(wave);
      await this.#prefill(prompts, options);
      const rows = wave.map((_, i): Row => ({ request: start + i, prompt: promptOf[i], tokens: [], logprobs: [] }));
      await this.#decode(rows, prompts, requests, options, (row, stop) => {
        completions[row.request] = {
          tokens: Int32Array.from(row.tokens),
          logprobs: Float32Array.from(row.logprobs),
          stop,
        };
        done++;
        return done;
      });
    }
    return completions;
  }

  /** The last cache again if it fits: allocating megabytes a call costs more than clearing them. */
  #emptyCache(rows: number, capacity: number): KeyValueCache {
    if (!this.#cache?.fits(rows, capacity)) this.#cache = new KeyValueCache(this.#program.shape, rows, capacity);
    this.#cache.clear();
    return this.#cache;
  }

  async #prefill(prompts: Prefilled[], options: SamplerOptions): Promise<void> {
    const { shape } = this.#program;
    const order = [...prompts].sort((a, b) => b.prompt.length - a.prompt.length);
    const room = Math.max(1, powerOfTwo(options.maxRows) / 4);
    for (let start = 0; start < order.length; start += room) {
      await options.checkpoint(0);
      const part = order.slice(start, start + room);
      const batch = powerOfTwo(part.length);
      const length = Math.min(lengthBucket(part[0].prompt.length), shape.maxPositions);
      const tokens = new Int32Array(batch * length);
      const last = new Int32Array(batch);
      for (const [row, { prompt }] of part.entries()) {
        tokens.set(prompt, row * length);
        last[row] = row * length + prompt.length - 1;
      }
      const key = `prefill ${batch}×${length}`;
      const program = await this.#sessions.get(key, () => prefillProgram(this.#program, batch, length));
      const outputs = await program.run(
        { tokens: int32(tokens, [batch * length]), last: int32(last, [batch]) },
        options.weights,
      );
      const logits = floats(outputs, "logits");
      for (const [row, prefilled] of part.entries()) {
        prefilled.logits = logits.subarray(row * shape.vocabulary, (row + 1) * shape.vocabulary);
        prefilled.row = row;
        prefilled.length = length;
        for (let layer = 0; layer < shape.layers; layer++) {
          prefilled.keys.push(floats(outputs, `keys.${layer}`));
          prefilled.values.push(floats(outputs, `values.${layer}`));
        }
      }
    }
  }

  async #decode(
    rows: readonly Row[],
    prompts: readonly Prefilled[],
    requests: readonly SamplerRequest[],
    options: SamplerOptions,
    finish: (row: Row, stop: Completion["stop"]) => number,
  ): Promise<void> {
    const { shape } = this.#program;
    const longest = Math.max(...prompts.map(({ prompt }) => prompt.length));
    // The last token drawn is never read, so it needs no slot.
    const capacity = Math.min(lengthBucket(Math.max(1, longest + options.maxTokens - 1)), shape.maxPositions);
    const cache = this.#emptyCache(powerOfTwo(rows.length), capacity);
    for (const [slot, row] of rows.entries()) {
      const from = prompts[row.prompt];
      cache.fill(slot, from.prompt.length, from.keys, from.values, from.row, from.length);
    }

    let live = rows.map((row, slot) => ({ row, slot }));
    let finished = 0;
    const draw = (row: Row, logits: Float32Array, offset: number): boolean => {
      const uniform = sampleUniform(requests[row.request].key, row.tokens.length);
      const { token, logprob } = drawToken(logits, offset, shape.vocabulary, options.temperature, uniform);
      row.tokens.push(token);
      row.logprobs.push(logprob);
      const stop = options.stopTokens.has(token)
        ? "stop"
        : row.tokens.length >= options.maxTokens
          ? "length"
          : undefined;
      if (stop) finished = finish(row, stop);
      return stop === undefined;
    };

    live = live.filter(({ row }) => draw(row, prompts[row.prompt].logits, 0));
    while (live.length > 0) {
      await options.checkpoint(finished);
      if (powerOfTwo(live.length) < cache.rows) {
        cache.compact(live.map(({ slot }) => slot));
        live = live.map(({ row }, slot) => ({ row, slot }));
      }
      const batch = cache.rows;
      const tokens = new Int32Array(batch);
      for (const { row, slot } of live) tokens[slot] = row.tokens.at(-1)!;
      const key = `decode ${batch}×${capacity}`;
      const program = await this.#sessions.get(key, () => decodeProgram(this.#program, batch, capacity));
      const outputs = await program.run(
        {
          tokens: int32(tokens, [batch]),
          positions: int64(cache.positions(), [batch, 1]),
          mask: float32(cache.mask, [batch, 1, 1, capacity]),
          ...cache.feeds(),
        },
        options.weights,
      );
      cache.append(
        live.map(({ slot }) => slot),
        floats(outputs, "new_keys"),
        floats(outputs, "new_values"),
      );
      const logits = floats(outputs, "logits");
      live = live.filter(({ row, slot }) => draw(row, logits, slot * shape.vocabulary));
    }
  }
}

/** Requests with equal prompts share one entry. */
function distinct(requests: readonly SamplerRequest[]): { prompts: Prefilled[]; promptOf: number[] } {
  const prompts: Prefilled[] = [];
  const byText = new Map<string, number>();
  const promptOf = requests.map(({ prompt }) => {
    const text = prompt.join(",");
    let index = byText.get(text);
    if (index === undefined) {
      index = prompts.length;
      byText.set(text, index);
      prompts.push({ prompt, logits: new Float32Array(0), keys: [], values: [], row: 0, length: 0 });
    }
    return index;
  });
  return { prompts, promptOf };
}

/** Unnormalised probabilities of the row being drawn from; one buffer, because a draw happens for every token. */
let weights = new Float64Array(0);

/**
 * Draws a token from softmax(logits / temperature) by inverting its distribution function, in double precision.
 * Temperature 0 takes the first of the most likely tokens and reports its log-probability at temperature 1.
 */
export function drawToken(
  logits: Float32Array,
  offset: number,
  vocabulary: number,
  temperature: number,
  uniform: number,
): { token: number; logprob: number } {
  if (weights.length < vocabulary) weights = new Float64Array(vocabulary);
  let best = 0;
  for (let token = 1; token < vocabulary; token++) {
    if (logits[offset + token] > logits[offset + best]) best = token;
  }
  const scale = temperature === 0 ? 1 : 1 / temperature;
  const largest = logits[offset + best];
  let total = 0;
  for (let token = 0; token < vocabulary; token++) {
    const weight = Math.exp((logits[offset + token] - largest) * scale);
    weights[token] = weight;
    total += weight;
  }
  let token = best;
  if (temperature > 0) {
    let below = uniform * total;
    for (token = 0; token < vocabulary - 1; token++) {
      below -= weights[token];
      if (below < 0) break;
    }
  }
  return { token, logprob: (logits[offset + token] - largest) * scale - Math.log(total) };
}
