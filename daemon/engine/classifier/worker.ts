import { InferenceSession, Tensor } from "onnxruntime-node";
import { SparringError } from "../../errors.ts";
import { type Frame, type FrameArray, readFrames, writeFrame } from "../frames.ts";
import { split } from "../wire.ts";
import { logitsOf } from "./logits.ts";

/*
 * A classifier's process: reads requests from stdin, one at a time, answers on stdout. Ends when stdin closes, that is when the
 * daemon dies.
 */

interface Header {
  readonly id: number;
  readonly verb: string;
  readonly [key: string]: unknown;
}

interface Model {
  readonly session: InferenceSession;
  readonly pad: number;
  /** Its logits are float16. */
  readonly isHalf: boolean;
}

let model: Model | undefined;

/** What an exported classifier may ask for beside its tokens. */
const known = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];

async function open({ path, pad, threads }: Header): Promise<void> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(path as string, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads as number,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Every batch has its own shape, so nothing is planned ahead, and no memory is kept for a largest one.
      enableMemPattern: false,
      enableCpuMemArena: false,
      extra: { session: { intra_op: { allow_spinning: "1", spin_duration_us: "50" }, force_spinning_stop: "1" } },
    });
  } catch (cause) {
    throw unusable(path as string, (cause as Error).message);
  }
  const place = path as string;
  for (const input of session.inputMetadata) {
    if (!known.includes(input.name)) throw unusable(place, `it has an input ${input.name}`);
    if (!input.isTensor || input.type !== "int64") throw unusable(place, `its input ${input.name} is not int64`);
  }
  const logits = session.outputMetadata.find(({ name }) => name === "logits");
  if (!logits) throw unusable(place, "it has no output logits");
  const isHalf = logits.isTensor && logits.type === "float16";
  if (!isHalf && !(logits.isTensor && logits.type === "float32")) {
    throw unusable(place, "its logits are neither float32 nor float16");
  }
  model = { session, pad: pad as number, isHalf };
}

function unusable(place: string, why: string): SparringError {
  return new SparringError(
    "engine/unusable-classifier",
    `the reward model can't be used: ${why}`,
    "Export it again, as docs/reward-models.md says.",
    { place },
  );
}

/** Sequences of one batch, and the types of their tokens where they have any → a logit each. */
async function classify(
  { session, pad, isHalf }: Model,
  sequences: readonly Int32Array[],
  types: readonly Int32Array[],
): Promise<Float32Array> {
  const length = Math.max(...sequences.map((sequence) => sequence.length));
  const shape = [sequences.length, length];
  const filled = (value: (token: number | undefined, place: number, row: number) => number): Tensor => {
    const data = new BigInt64Array(sequences.length * length);
    for (let i = 0; i < data.length; i++) {
      const [row, place] = [Math.floor(i / length), i % length];
      data[i] = BigInt(value(sequences[row]![place], place, row));
    }
    return new Tensor("int64", data, shape);
  };
  const feeds: Record<string, () => Tensor> = {
    input_ids: () => filled((token) => token ?? pad),
    attention_mask: () => filled((token) => (token === undefined ? 0 : 1)),
    token_type_ids: () => filled((_, place, row) => types[row]![place] ?? 0),
    position_ids: () => filled((_, place) => place),
  };
  const { logits } = await session.run(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!()])), [
    "logits",
  ]);
  const values = logitsOf(logits!.data as Float32Array | Uint16Array, isHalf);
  if (values.length === sequences.length) return values;
  throw new Error(`${sequences.length} sequences have ${values.length} logits`);
}

async function answer(header: Header, arrays: readonly FrameArray[]): Promise<void> {
  const { id } = header;
  try {
    if (header.verb === "open") {
      await open(header);
      writeFrame(process.stdout, { header: { id, value: null }, arrays: [] });
      return;
    }
    const [tokens, lengths, types, typeLengths] = arrays as Int32Array[];
    const logits = await classify(model!, split(tokens!, lengths!), split(types!, typeLengths!));
    writeFrame(process.stdout, { header: { id, value: null }, arrays: [logits] });
  } catch (error) {
    const { code, message, next, place } = error as SparringError;
    writeFrame(process.stdout, { header: { id, error: { code, message, next, place } }, arrays: [] });
  }
}

let work: Promise<void> = Promise.resolve();
readFrames(process.stdin, ({ header, arrays }: Frame) => {
  const request = header as unknown as Header;
  if (request.verb !== "abort") work = work.then(() => answer(request, arrays));
});
process.stdin.on("end", () => process.exit(0));
// The terminal's Ctrl+C goes to the whole process group; the daemon decides what it means.
process.on("SIGINT", () => {});
