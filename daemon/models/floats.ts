/**
 * Half-precision formats to and from float32, on raw bits, so that every value (subnormals, infinities, NaN payloads)
 * is exact. Bytes are little-endian, as in safetensors and on every machine that Node 20 supports.
 */

/** bfloat16 → float32: the upper half of the same bits. Exact. */
export function widenBf16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** IEEE binary16 → float32. Exact: every half is a float32, subnormal halves become normal. */
export function widenF16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = f16ToF32Bits(halves[i]!);
  return new Float32Array(bits.buffer);
}

function f16ToF32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  // Exponent biases are 15 and 127, mantissas have 10 and 23 bits.
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent !== 0) return sign | ((exponent - 15 + 127) << 23) | (mantissa << 13);
  if (mantissa === 0) return sign;
  // Subnormal: mantissa · 2^−24. Shift its leading one up to the implicit bit of a normal float32.
  const shift = Math.clz32(mantissa) - 21;
  return sign | ((127 - 14 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13);
}

/** float32 → bfloat16, to the nearest, ties to the even one (as PyTorch). A NaN stays a quiet NaN with its sign. */
export function roundToBf16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!;
    const nan = (word & 0x7fffffff) > 0x7f800000;
    halves[i] = nan ? (word >>> 16) | 0x0040 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}
