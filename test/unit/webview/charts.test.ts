import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type PixelColumn, pixelColumns } from "../../../webview/rounds/charts/downsample.ts";
import { placeLabels } from "../../../webview/rounds/charts/labels.ts";
import { peopleMarks } from "../../../webview/rounds/charts/people.ts";
import { linearScale, niceTicks, paddedDomain } from "../../../webview/shared/scale.ts";

const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { freq: 5 });
const series = fc.array(value, { minLength: 1, maxLength: 400 });

/** The columns of a series over rounds 0, 1, 2, … */
function columnsOf(values: readonly (number | null)[], pixels: number): PixelColumn[] {
  const rounds = values.map((_, round) => round);
  return pixelColumns(rounds, values, 0, rounds.at(-1)!, pixels);
}

describe("a series at the resolution of its drawing", () => {
  test("keeps the least and the greatest value", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 300 }), (values, pixels) => {
        const there = values.filter((one) => one !== null);
        const columns = columnsOf(values, pixels);
        if (there.length === 0) return assert.deepEqual(columns, []);
        assert.equal(Math.min(...columns.map(({ min }) => min)), Math.min(...there));
        assert.equal(Math.max(...columns.map(({ max }) => max)), Math.max(...there));
      }),
    );
  });

  test("has no more columns than pixels, from left to right, and each mean within its extremes", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 2, max: 300 }), (values, pixels) => {
        const columns = columnsOf(values, pixels);
        assert.ok(columns.length <= pixels);
        for (const [index, { x, min, max, mean }] of columns.entries()) {
          assert.ok(index === 0 || x > columns[index - 1]!.x);
          const slack = 1e-9 * Math.max(Math.abs(min), Math.abs(max));
          assert.ok(mean >= min - slack && mean <= max + slack);
        }
      }),
    );
  });

  test("is the series itself where every round has a pixel", () => {
    const values = [0.5, null, 0.7, 0.1];
    assert.deepEqual(
      columnsOf(values, 100).map(({ x, mean }) => [x, mean]),
      [
        [0, 0.5],
        [2, 0.7],
        [3, 0.1],
      ],
    );
  });
});

describe("an axis", () => {
  const interval = fc
    .tuple(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.double({ min: 0.01, max: 1e4, noNaN: true }))
    .map(([min, size]) => [min, min + size] as const);

  test("has ticks within its interval, in order, and about as many as asked for", () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 2, max: 10 }), ([min, max], count) => {
        const ticks = niceTicks(min, max, count);
        const slack = (max - min) * 1e-6;
        assert.ok(ticks.every((tick) => tick >= min - slack && tick <= max + slack));
        assert.ok(ticks.every((tick, index) => index === 0 || tick > ticks[index - 1]!));
        assert.ok(ticks.length <= count + 1);
      }),
    );
  });

  test("contains every value and stays within the limits", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const [min, max] = paddedDomain(values, { min: 0, max: 1 });
        assert.ok(min >= 0 && max <= 1 && min < max);
        assert.ok(values.every((one) => one >= min - 1e-9 && one <= max + 1e-9));
      }),
    );
  });

  test("maps its ends to the ends of the drawing", () => {
    const scale = linearScale(10, 20, 100, 0);
    assert.deepEqual([scale.at(10), scale.at(15), scale.at(20)], [100, 50, 0]);
  });
});

describe("labels beside lines", () => {
  const line = fc
    .array(fc.double({ min: 0, max: 120, noNaN: true }), { minLength: 2, maxLength: 40 })
    .map((ys) => ys.map((y, index) => ({ x: (200 * index) / (ys.length - 1), y })));

  test("stay in the drawing's width, and do not depend on when they are placed", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (lines) => {
        const wishes = lines.map((points) => ({ width: 50, line: points }));
        const placed = placeLabels(wishes, { width: 200, height: 120 });
        assert.ok(placed.every((label) => label !== null && label.x >= 0 && label.x + 50 <= 200));
        assert.deepEqual(placeLabels(wishes, { width: 200, height: 120 }), placed);
      }),
    );
  });

  test("do not lie on each other where two lines run close together", () => {
    const flat = (y: number) => Array.from({ length: 20 }, (_, index) => ({ x: 10 * index, y }));
    const [a, b] = placeLabels(
      [
        { width: 60, line: flat(60) },
        { width: 60, line: flat(62) },
      ],
      { width: 200, height: 120 },
    );
    assert.ok(Math.abs(a!.y - b!.y) >= 13 || Math.abs(a!.x - b!.x) >= 60);
  });
});

test("people's marks are the means of neighbouring rounds, without skipped answers", () => {
  const rating = (round: number, score: number | null) => ({
    id: `${round} ${score}`,
    at: "",
    rater: "mk",
    round,
    query: 0,
    answer: 0,
    score,
    blind: true,
  });
  const marks = peopleMarks([rating(0, 2), rating(1, 4), rating(100, 6), rating(100, null)], 0, 100);
  assert.deepEqual(marks, [
    { round: 0.5, mean: 3, ratings: 2 },
    { round: 100, mean: 6, ratings: 1 },
  ]);
});
