import { AbortedError, SparringError } from "../../../errors.ts";
import type { AdamParams, AdapterRef, ExportFormat, PolicyId, Role, SampleKey, Sequence } from "../../engine.ts";
import { type Frame, type FrameArray, readFrames, writeFrame } from "../../frames.ts";
import { concatenate, split } from "../../wire.ts";
import { type Checkpoint, OnnxModel, type WorkerOptions } from "./model.ts";
import type { SamplerRequest } from "./sampler.ts";

/*
 * The onnx engine's process: reads requests from stdin, one at a time, answers on stdout. `abort` overtakes the request
 * in work; it is noticed between micro-steps. Ends when stdin closes, that is when the daemon dies.
 */

/** What a request header holds besides `id` and `verb`. */
interface Header {
  readonly id: number;
  readonly verb: string;
  readonly [key: string]: unknown;
}

type Answer = { readonly value?: unknown; readonly arrays?: readonly FrameArray[] };

/** Progress is told at most this often, milliseconds. */
const progressInterval = 100;

let model: OnnxModel | undefined;
const aborted = new Set<number>();
let work: Promise<void> = Promise.resolve();

function opened(): OnnxModel {
  if (!model) throw new Error("no model is open");
  return model;
}

function checkpointOf(id: number): Checkpoint {
  let last = performance.now();
  return async (done, total) => {
    await new Promise(setImmediate);
    if (aborted.has(id)) throw new AbortedError("the call");
    if (performance.now() - last < progressInterval) return;
    last = performance.now();
    writeFrame(process.stdout, { header: { id, progress: [done, total] }, arrays: [] });
  };
}

function sequencesOf(arrays: readonly FrameArray[]): Sequence[] {
  const prompts = split(arrays[0] as Int32Array, arrays[1] as Int32Array);
  const responses = split(arrays[2] as Int32Array, arrays[3] as Int32Array);
  return prompts.map((prompt, index) => ({ prompt, response: responses[index] }));
}

function requestsOf(arrays: readonly FrameArray[], names: readonly Role[]): SamplerRequest[] {
  const keys = arrays[2] as Float64Array;
  return split(arrays[0] as Int32Array, arrays[1] as Int32Array).map((prompt, index) => {
    const [seed, round, role, query, answer] = keys.subarray(index * 5, index * 5 + 5);
    const key: SampleKey = { seed: seed!, round: round!, role: names[role!], query: query!, answer: answer! };
    return { prompt, key };
  });
}

/** One function a verb. */
const verbs: Record<string, (header: Header, arrays: readonly FrameArray[]) => Promise<Answer>> = {
  async open(header) {
    const { dir, adapter, reference, options } = header as unknown as {
      dir: string;
      adapter?: AdapterRef;
      reference?: string;
      options: WorkerOptions;
    };
    model = await OnnxModel.open(dir, adapter, reference, options);
    return { value: model.facts };
  },
  async snapshot() {
    return { value: opened().snapshot() };
  },
  async release({ policy }) {
    opened().release(policy as PolicyId);
    return {};
  },
  async sample(header, arrays) {
    const options = header as unknown as Parameters<OnnxModel["sample"]>[1];
    const requests = requestsOf(arrays, header.roles as Role[]);
    const completions = await opened().sample(requests, options, checkpointOf(header.id));
    const tokens = completions.map((completion) => completion.tokens);
    return {
      value: completions.map(({ stop }) => stop),
      arrays: [
        ...concatenate(Int32Array, tokens),
        concatenate(
          Float32Array,
          completions.map((c) => c.logprobs),
        )[0],
      ],
    };
  },
  async logprobs(header, arrays) {
    const { policy, temperature } = header as unknown as { policy: PolicyId; temperature: number };
    const checkpoint = checkpointOf(header.id);
    const logprobs = await opened().logprobs(sequencesOf(arrays), policy, temperature, checkpoint);
    return { arrays: concatenate(Float32Array, logprobs) };
  },
  async update(header, arrays) {
    const coefficients = split(arrays[4] as Float32Array, arrays[3] as Int32Array);
    const checkpoint = checkpointOf(header.id);
    const sequences = sequencesOf(arrays);
    return { value: await opened().update(sequences, coefficients, header.temperature as number, checkpoint) };
  },
  async step({ adam }) {
    return { value: opened().step(adam as AdamParams) };
  },
  async discard() {
    opened().discard();
    return {};
  },
  async save({ dir }) {
    await opened().save(dir as string);
    return {};
  },
  async load({ dir }) {
    await opened().load(dir as string);
    return {};
  },
  async export({ dir, format }) {
    await opened().export(dir as string, format as ExportFormat);
    return {};
  },
};

async function answer(header: Header, arrays: readonly FrameArray[]): Promise<void> {
  const { id, verb } = header;
  try {
    if (aborted.has(id)) throw new AbortedError("the call");
    const { value, arrays: results = [] } = await verbs[verb](header, arrays);
    writeFrame(process.stdout, { header: { id, value: value ?? null }, arrays: results });
  } catch (error) {
    writeFrame(process.stdout, { header: { id, error: describe(error) }, arrays: [] });
  } finally {
    aborted.delete(id);
  }
}

/** An error as JSON, such that the other side can raise its like. */
function describe(error: unknown): object {
  if (error instanceof AbortedError) return { aborted: true };
  if (error instanceof SparringError) {
    const { code, message, next, place } = error;
    return { code, message, next, place };
  }
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function receive({ header, arrays }: Frame): void {
  const request = header as unknown as Header;
  if (request.verb === "abort") {
    aborted.add(request.target as number);
    return;
  }
  work = work.then(() => answer(request, arrays));
}

readFrames(process.stdin, receive);
process.stdin.on("end", () => process.exit(0));
// The terminal's Ctrl+C goes to the whole process group; the daemon decides what it means.
process.on("SIGINT", () => {});
