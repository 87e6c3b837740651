import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { philox, sampleUniform, streamNormal, streamUniform } from "../../daemon/engine/random.ts";

test("Philox4x32-10 gives the known answers of its authors (Random123, kat_vectors)", () => {
  const hex = (words: readonly number[]): string[] => words.map((word) => word.toString(16).padStart(8, "0"));
  const ff = 0xffffffff;
  assert.deepEqual(hex(philox([0, 0, 0, 0], [0, 0])), ["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
  assert.deepEqual(hex(philox([ff, ff, ff, ff], [ff, ff])), ["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]);
  assert.deepEqual(hex(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])), [
    "d16cfe09",
    "94fdcceb",
    "5001e420",
    "24126ea1",
  ]);
});

test("every part of a sample's key changes its number", () => {
  const key = { seed: 1, round: 2, role: "solver", query: 3, answer: 4 } as const;
  const numbers = [
    sampleUniform(key, 5),
    sampleUniform(key, 6),
    sampleUniform({ ...key, seed: 2 }, 5),
    sampleUniform({ ...key, seed: 1 + 2 ** 32 }, 5),
    sampleUniform({ ...key, round: 3 }, 5),
    sampleUniform({ ...key, role: "challenger" }, 5),
    sampleUniform({ ...key, query: 4 }, 5),
    sampleUniform({ ...key, answer: 5 }, 5),
    streamUniform(1, "tasks", 5),
    streamUniform(1, "adapter", 5),
  ];
  assert.equal(new Set(numbers).size, numbers.length);
});

test("uniform numbers lie in [0, 1) and are uniform; normal ones have mean 0 and variance 1", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(), (seed, index) => {
      const u = streamUniform(seed, "tasks", index);
      return u >= 0 && u < 1;
    }),
  );
  const n = 20000;
  const bins = new Array<number>(16).fill(0);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    bins[Math.floor(16 * streamUniform(3, "tasks", i))]++;
    const normal = streamNormal(3, "tasks", i);
    sum += normal;
    squares += normal * normal;
  }
  const chiSquare = bins.reduce((total, count) => total + (count - n / 16) ** 2 / (n / 16), 0);
  // 99.9 % quantile with 15 degrees of freedom.
  assert.ok(chiSquare < 37.7, `chi-square ${chiSquare}`);
  assert.ok(Math.abs(sum / n) < 4 / Math.sqrt(n));
  assert.ok(Math.abs(squares / n - 1) < 4 * Math.sqrt(2 / n));
});
