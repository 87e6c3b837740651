import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { microBatches, sharedMicroBatches, type Unit } from "../../../daemon/engine/torch/micro-batches.ts";

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

/** Sequences with prompts that often are equal, or begin alike. */
const sequence = fc
  .record({ stem: fc.nat(2), shared: fc.nat(60), own: fc.array(fc.nat(1), { maxLength: 4 }), answer: fc.nat(9) })
  .map(({ stem, shared, own, answer }) => {
    return {
      prompt: [stem, ...new Array<number>(shared).fill(7), ...own],
      response: new Array<number>(answer + 1).fill(1),
    };
  });

/** Tokens of a micro-batch: each prefix that is shared by equal prompts, or is at least 32 long, once. */
function packedTokens(sequences: readonly { prompt: number[]; response: number[] }[]): number {
  const prompts = [...new Set(sequences.map(({ prompt }) => prompt.join()))].sort();
  const answers = sequences.reduce((sum, { response }) => sum + response.length - 1, 0);
  return (
    answers + new Set(prompts.flatMap((key) => key.split(",").map((_, t, all) => all.slice(0, t + 1).join()))).size
  );
}

test("micro-batches of shared prompts hold every unit once, and no more is within the limit than can be shared", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(sequence, { minLength: 1, maxLength: 3 }), { maxLength: 30 }),
      fc.nat(600),
      (drawn, limit) => {
        const batch = drawn.flat();
        let next = 0;
        const units = drawn.map((unit) => unit.map(() => next++));
        const plan = sharedMicroBatches(batch, units, limit);
        assert.deepEqual(
          plan.flat().sort((a, b) => a - b),
          units.map((_, index) => index),
        );
        for (const part of plan) {
          const members = part.flatMap((unit) => units[unit]!.map((index) => batch[index]!));
          assert.ok(part.length === 1 || packedTokens(members) <= limit, `${packedTokens(members)} tokens`);
        }
      },
    ),
  );
});

test("answers to one prompt stay together where they can, and a rubric before many prompts counts once", () => {
  const prompt = (seed: number): number[] => Array.from({ length: 100 }, (_, t) => (t * seed) % 50);
  const response = new Array<number>(26).fill(1);
  const groups = [3, 1, 2].flatMap((seed) => [0, 1, 2, 3].map(() => ({ prompt: prompt(seed), response })));
  const singles = groups.map((_, index) => [index]);
  // A group is 100 + 4 · 25 tokens.
  assert.deepEqual(sharedMicroBatches(groups, singles, 250), [
    [4, 5, 6, 7],
    [8, 9, 10, 11],
    [0, 1, 2, 3],
  ]);
  assert.deepEqual(sharedMicroBatches(groups, singles, 400), [
    [4, 5, 6, 7, 8, 9, 10, 11],
    [0, 1, 2, 3],
  ]);
  assert.deepEqual(sharedMicroBatches(groups.slice(0, 4), singles.slice(0, 4), 150), [
    [0, 1],
    [2, 3],
  ]);

  const rubric = prompt(7);
  const judged = Array.from({ length: 50 }, (_, i) => ({ prompt: [...rubric, i, 1, 2, 3], response: [4] }));
  assert.deepEqual(
    sharedMicroBatches(
      judged,
      judged.map((_, index) => [index]),
      300,
    ).length,
    1,
  );
  assert.deepEqual(sharedMicroBatches([], [], 100), []);
});
