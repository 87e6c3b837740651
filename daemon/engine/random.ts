import { roles, type SampleKey } from "./engine.ts";

/**
 * Counter-based randomness: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 * A draw is a pure function of its key and counter, so no draw can disturb another.
 */

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const cross = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}

/**
 * One Philox4x32-10 block.
 * @param counter four unsigned 32-bit integers · @param key two
 * @returns four unsigned 32-bit integers
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(multiplier0, c0);
    const high1 = multiplyHigh(multiplier1, c2);
    const low0 = Math.imul(multiplier0, c0) >>> 0;
    const low1 = Math.imul(multiplier1, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** A double in [0, 1) with 53 random bits, from two 32-bit words. */
function toUniform(a: number, b: number): number {
  return ((a >>> 5) * 0x4000000 + (b >>> 6)) / 0x20000000000000;
}

function seedWords(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0];
}

/**
 * The uniform number in [0, 1) that picks the token at `position` of the sample with this key.
 * Counter layout: position, answer, query, role·2²⁸ + round (rounds below 2²⁸).
 */
export function sampleUniform(key: SampleKey, position: number): number {
  const where = ((roles[key.role] << 28) | key.round) >>> 0;
  const [a, b] = philox([position >>> 0, key.answer >>> 0, key.query >>> 0, where], seedWords(key.seed));
  return toUniform(a, b);
}

/** Streams other than samples' noise; role 0 is free for them. */
export const streams = { adapter: 1, tasks: 2, pretraining: 3, data: 4, order: 5 } as const;

/** The uniform number in [0, 1) at `index` of a stream. */
export function streamUniform(seed: number, stream: keyof typeof streams, index: number): number {
  const [a, b] = philox([index >>> 0, Math.floor(index / 0x100000000), streams[stream], 0], seedWords(seed));
  return toUniform(a, b);
}

/** A standard normal number at `index` of a stream (Box–Muller, cosine branch). */
export function streamNormal(seed: number, stream: keyof typeof streams, index: number): number {
  const [a, b, c, d] = philox([index >>> 0, Math.floor(index / 0x100000000), streams[stream], 0], seedWords(seed));
  return Math.sqrt(-2 * Math.log(1 - toUniform(a, b))) * Math.cos(2 * Math.PI * toUniform(c, d));
}
