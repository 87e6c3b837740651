import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { roundToBf16, widenBf16, widenF16 } from "../../../daemon/models/floats.ts";

const allHalves = Uint16Array.from({ length: 65_536 }, (_, i) => i);

/** A float's value by its definition: (−1)^s · 2^(e − bias) · (1 + m/2^bits), subnormals without the implicit one. */
function byDefinition(half: number, exponentBits: number, mantissaBits: number): number {
  const sign = half >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(half / 2 ** mantissaBits) % 2 ** exponentBits;
  const fraction = (half % 2 ** mantissaBits) / 2 ** mantissaBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer);
}

describe("widening is exact", () => {
  for (const [name, widen, exponentBits, mantissaBits] of [
    ["bfloat16", widenBf16, 8, 7],
    ["binary16", widenF16, 5, 10],
  ] as const) {
    test(`${name}: all 65,536 values`, () => {
      const widened = widen(allHalves);
      const wrong = allHalves.filter(
        (half) => !Object.is(widened[half], byDefinition(half, exponentBits, mantissaBits)),
      );
      assert.deepEqual([...wrong], []);
    });

    test(`${name}: a NaN keeps its sign and payload`, () => {
      const bits = bitsOf(widen(allHalves));
      for (const half of allHalves) {
        if (!Number.isNaN(byDefinition(half, exponentBits, mantissaBits))) continue;
        const payload = half % 2 ** mantissaBits;
        assert.equal(bits[half]! >>> 31, half >>> 15);
        assert.equal((bits[half]! & 0x7fffff) >>> (23 - mantissaBits), payload);
      }
    });
  }
});

describe("rounding to bfloat16", () => {
  test("gives back every bfloat16", () => {
    const back = roundToBf16(widenBf16(allHalves));
    // A signalling NaN becomes quiet: the only bit that may differ.
    const wrong = allHalves.filter(
      (half) => back[half] !== (Number.isNaN(byDefinition(half, 8, 7)) ? half | 0x40 : half),
    );
    assert.deepEqual([...wrong], []);
  });

  test("takes the nearest, and of two the even one", () => {
    // Float bits are ordered like their values, so the middle between two neighbours is a lower half of 0x8000.
    for (const half of allHalves) {
      if (!Number.isFinite(byDefinition(half, 8, 7))) continue;
      const bits = Uint32Array.of(half * 65_536 + 0x7fff, half * 65_536 + 0x8000, half * 65_536 + 0x8001);
      const even = half % 2 === 0 ? half : half + 1;
      assert.deepEqual([...roundToBf16(new Float32Array(bits.buffer))], [half, even, half + 1]);
    }
  });
});
