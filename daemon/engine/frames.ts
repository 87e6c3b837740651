import type { Readable, Writable } from "node:stream";

/**
 * Binary frames between the daemon and an engine's process, over stdin and stdout: a JSON header and raw arrays.
 * Layout, little endian: u32 header bytes · u32 payload bytes · header (UTF-8 JSON) · payload (arrays, one after the
 * other, each 8-byte aligned within the payload). Prints of the worker go to stderr.
 */

export type FrameArray = Int32Array | Float32Array | Float64Array;

const kinds = { i32: Int32Array, f32: Float32Array, f64: Float64Array } as const;
type Kind = keyof typeof kinds;

export interface Frame {
  /** Anything JSON. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly arrays: readonly FrameArray[];
}

function kindOf(array: FrameArray): Kind {
  return array instanceof Int32Array ? "i32" : array instanceof Float32Array ? "f32" : "f64";
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Writes one frame; the stream buffers it, so the arrays are copied. */
export function writeFrame(stream: Writable, frame: Frame): void {
  const layout = frame.arrays.map((array) => [kindOf(array), array.length] as const);
  const header = Buffer.from(JSON.stringify({ ...frame.header, arrays: layout }), "utf8");
  const payload = frame.arrays.reduce((sum, array) => sum + aligned(array.byteLength), 0);
  const bytes = Buffer.alloc(8 + header.length + payload);
  bytes.writeUInt32LE(header.length, 0);
  bytes.writeUInt32LE(payload, 4);
  header.copy(bytes, 8);
  let offset = 8 + header.length;
  for (const array of frame.arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
    offset += aligned(array.byteLength);
  }
  stream.write(bytes);
}

function decode(header: Buffer, payload: Buffer): Frame {
  const { arrays: layout, ...rest } = JSON.parse(header.toString("utf8")) as {
    arrays: readonly (readonly [Kind, number])[];
  };
  // A fresh buffer, because typed arrays need aligned offsets and the caller keeps them.
  const bytes = new Uint8Array(payload).buffer;
  let offset = 0;
  const arrays = layout.map(([kind, length]) => {
    const array = new kinds[kind](bytes, offset, length);
    offset += aligned(array.byteLength);
    return array;
  });
  return { header: rest, arrays };
}

/** Reads frames until the stream ends. */
export function readFrames(stream: Readable, onFrame: (frame: Frame) => void): void {
  let chunks: Buffer[] = [];
  let available = 0;
  let needed = 8;
  let sizes: [number, number] | undefined;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    available += chunk.length;
    while (available >= needed) {
      const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
      const part = bytes.subarray(0, needed);
      chunks = [bytes.subarray(needed)];
      available -= needed;
      if (!sizes) {
        sizes = [part.readUInt32LE(0), part.readUInt32LE(4)];
        needed = sizes[0] + sizes[1];
      } else {
        const [headerBytes] = sizes;
        sizes = undefined;
        needed = 8;
        onFrame(decode(part.subarray(0, headerBytes), part.subarray(headerBytes)));
      }
    }
  });
}
