import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { microBatches, type Unit } from "../../../daemon/engine/torch/micro-batches.ts";

const unit: fc.Arbitrary<Unit> = fc.record({ sequences: fc.nat(9), longest: fc.nat(200) });

test("micro-batches hold every unit once, within the limit unless one unit alone is above it", () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 60 }), fc.integer({ min: 1, max: 4000 }), (units, limit) => {
      const plan = microBatches(units, limit);
      assert.deepEqual(
        plan.flat().sort((a, b) => a - b),
        units.map((_, index) => index),
      );
      for (const part of plan) {
        const members = part.map((index) => units[index]!);
        const rows = members.reduce((sum, { sequences }) => sum + sequences, 0);
        const padded = rows * Math.max(...members.map(({ longest }) => longest));
        assert.ok(part.length === 1 || padded <= limit, `${padded} tokens`);
      }
    }),
  );
});

test("micro-batches are filled: units of like length share one", () => {
  const lengths = [10, 80, 20, 70, 30, 60];
  const units = lengths.map((longest) => ({ sequences: 1, longest }));
  assert.deepEqual(microBatches(units, 160), [
    [1, 3],
    [5, 4],
    [2, 0],
  ]);
  assert.deepEqual(microBatches(units, 1), [[1], [3], [5], [4], [2], [0]]);
  assert.deepEqual(microBatches([], 100), []);
});
