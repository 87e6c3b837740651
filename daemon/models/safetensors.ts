import { readFile, stat, writeFile } from "node:fs/promises";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { roundToBf16, widenBf16, widenF16 } from "./floats.ts";
import { duplicateKey } from "./json.ts";

/**
 * The safetensors format: u64 header length · JSON header · tensor bytes. It holds no code, so reading a stranger's
 * file is safe as long as every number in it is distrusted, which is what this file does.
 * https://github.com/huggingface/safetensors#format
 */

const bytesPerElement = { F32: 4, F16: 2, BF16: 2 } as const;
export type Dtype = keyof typeof bytesPerElement;

/** One tensor of a file. `data` is a view into the file's bytes: little-endian, row-major, at any alignment. */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A tensor to write: float32 values, stored as `dtype`. */
export interface TensorToWrite {
  readonly dtype: "F32" | "BF16";
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The reference implementation's limit; a larger header is an attack or a mistake. */
const maxHeaderBytes = 100_000_000;
/** Node reads at most this much into one buffer. */
const maxFileBytes = 2 ** 31 - 1;

/** Types of the format that are not weights an engine here can use (integers, float64, 8-bit and smaller floats). */
const otherDtypes = /^(BOOL|[IU](8|16|32|64)|F64|C64|F[468]_[A-Z0-9_]+)$/;

const size = z.number().int().nonnegative();
const entrySchema = z.strictObject({ dtype: z.string(), shape: z.array(size), data_offsets: z.tuple([size, size]) });
const metadataSchema = z.record(z.string(), z.string());

/**
 * Reads all tensors of a file, in the order of their bytes.
 * @throws SparringError `model/corrupt-safetensors`, `model/unsupported-dtype`, `model/file-too-large`
 */
export async function readSafetensors(path: string): Promise<Map<string, Tensor>> {
  const { size: bytes } = await stat(path);
  if (bytes > maxFileBytes) {
    throw new SparringError(
      "model/file-too-large",
      `the file has ${bytes} bytes, and this engine reads weight files of up to ${maxFileBytes} bytes`,
      "Use a smaller model, or save it in shards with save_pretrained(..., max_shard_size='1GB').",
      { place: path },
    );
  }
  return parseSafetensors(await readFile(path), path);
}

/**
 * As `readSafetensors`, for bytes in memory. Allocates no more than the header's text needs, whatever the bytes say.
 * @param place the file's name for messages
 */
export function parseSafetensors(bytes: Uint8Array, place: string): Map<string, Tensor> {
  const { header, body } = splitHeader(bytes, place);
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => ({ name, ...parseEntry(name, value, place) }))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  // The format leaves no holes, so tensors laid end to end must tile the body: this excludes overlap as well.
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin < position) throw corrupt(place, `tensor "${name}" overlaps the one before it, at byte ${begin}`);
    if (begin > position) throw corrupt(place, `there is a hole of ${begin - position} bytes before tensor "${name}"`);
    if (end > body.length) {
      throw corrupt(place, `tensor "${name}" ends at byte ${end}, but there are only ${body.length} bytes of data`);
    }
    position = end;
  }
  if (position < body.length) throw corrupt(place, `${body.length - position} bytes follow the last tensor`);
  return new Map(
    entries.map(({ name, dtype, shape, begin, end }) => [name, { dtype, shape, data: body.subarray(begin, end) }]),
  );
}

function splitHeader(bytes: Uint8Array, place: string): { header: object; body: Uint8Array } {
  if (bytes.length < 8)
    throw corrupt(place, `the file has ${bytes.length} bytes, fewer than its header's length needs`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > maxHeaderBytes || length > bytes.length - 8) {
    throw corrupt(place, `its header claims ${length} bytes, and the file has ${bytes.length}`);
  }
  let header: unknown;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    header = JSON.parse(text);
  } catch (cause) {
    throw corrupt(place, "its header is not JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw corrupt(place, "its header is not a JSON object");
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== undefined) throw corrupt(place, `its header has "${duplicate}" twice`);
  const metadata = Object.entries(header).find(([name]) => name === "__metadata__");
  if (metadata && !metadataSchema.safeParse(metadata[1]).success) {
    throw corrupt(place, "its __metadata__ holds something other than strings");
  }
  return { header, body: bytes.subarray(8 + length) };
}

function parseEntry(
  name: string,
  value: unknown,
  place: string,
): { dtype: Dtype; shape: readonly number[]; begin: number; end: number } {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw corrupt(place, `tensor "${name}" is not described properly: ${issue.path.join(".")} ${issue.message}`);
  }
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  if (!isDtype(dtype)) {
    if (!otherDtypes.test(dtype)) throw corrupt(place, `tensor "${name}" has the unknown type "${dtype}"`);
    throw new SparringError(
      "model/unsupported-dtype",
      `tensor "${name}" has type ${dtype}; F32, F16 and BF16 are supported`,
      "Use the model's unquantised weights, or save them again with torch_dtype=torch.bfloat16.",
      { place },
    );
  }
  const expected = shape.reduce((product, axis) => product * axis, 1) * bytesPerElement[dtype];
  if (end - begin !== expected) {
    throw corrupt(
      place,
      `tensor "${name}" of shape [${shape.join(", ")}] and type ${dtype} needs ${expected} bytes, and has ${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(bytesPerElement, dtype);
}

function corrupt(place: string, what: string, cause?: unknown): SparringError {
  return new SparringError(
    "model/corrupt-safetensors",
    `the weights are damaged: ${what}`,
    "Download or export the file again, and compare its size or checksum with the source.",
    { place, cause },
  );
}

/** A tensor's values as float32, row-major, in memory of its own. Exact: widening loses nothing. */
export function toFloat32(tensor: Tensor): Float32Array<ArrayBuffer> {
  // Copied first, because a view of 2- or 4-byte numbers must be aligned and the file's bytes need not be. Not by
  // slice(), which is a view where the bytes are a Buffer.
  const bytes = new Uint8Array(tensor.data).buffer;
  if (tensor.dtype === "F32") return new Float32Array(bytes);
  return tensor.dtype === "BF16" ? widenBf16(new Uint16Array(bytes)) : widenF16(new Uint16Array(bytes));
}

/**
 * The bytes of a safetensors file. Equal tensors give equal bytes, in whatever order the map holds them: wide types
 * first, then by name, header padded to 8 bytes with spaces, as the reference implementation writes them.
 * Values stored as BF16 are rounded to the nearest, ties to even.
 */
export function formatSafetensors(
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(
    ([nameA, a], [nameB, b]) => bytesPerElement[b.dtype] - bytesPerElement[a.dtype] || (nameA < nameB ? -1 : 1),
  );
  // Pairs joined by hand: an object would move names that look like integers to the front.
  const pairs = metadata ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  let position = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    const end = position + data.length * bytesPerElement[dtype];
    pairs.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [position, end] })}`);
    position = end;
  }
  const json = new TextEncoder().encode(`{${pairs.join(",")}}`);
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + position);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(json, 8);
  let offset = 8 + headerLength;
  for (const [, { dtype, data }] of sorted) {
    const stored = dtype === "F32" ? data : roundToBf16(data);
    const bytes = new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
    file.set(bytes, offset);
    offset += bytes.length;
  }
  return file;
}

/** Writes `formatSafetensors` to a file. Neither atomic nor flushed: that is the store's business. */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, TensorToWrite>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFile(path, formatSafetensors(tensors, metadata));
}
