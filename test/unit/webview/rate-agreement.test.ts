import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Measure } from "../../../daemon/protocol.ts";
import { type Axis, biasAxis, correlationAxis, ticksWithRoom } from "../../../webview/rate/agreement/axis.ts";
import { calibrated, calibrationOf } from "../../../webview/rate/agreement/calibration.ts";
import { flawsOf } from "../../../webview/rate/agreement/health.ts";
import { measureText, noteMark, numberText, reasonsOf } from "../../../webview/rate/agreement/measure-text.ts";
import type { Agreement } from "../../../webview/rate/agreement/result.ts";
import { columns, forestRows } from "../../../webview/rate/agreement/rows.ts";
import { leftText, whyNothing } from "../../../webview/rate/agreement/situation.ts";

const estimate = (value: number, low = value - 0.1, high = value + 0.1) =>
  ({ kind: "estimate", value, low, high }) as const;
const few = { kind: "too-few", n: 9, of: 30 } as const;
const flat = { kind: "no-interval", value: 0.5, why: "almost all scores are the same" } as const;
const same = { kind: "no-interval", value: null, why: "all scores are the same" } as const;
const two = (value: number): string => value.toFixed(2);

const scores = { same: estimate(0.5), bias: estimate(1.04), spearman: estimate(0.62), kappa: estimate(0.47) };
const known: Agreement = {
  compared: "The self-reward is compared with people's scores.",
  overall: { ratings: 148, queries: 120, ...scores },
  criteria: [],
  reliability: [],
  byRounds: [
    { first: 1, last: 150, ratings: 139, queries: 111, ...scores },
    { first: 151, last: 151, ratings: 9, queries: 9, same: few, bias: few, spearman: few, kappa: few },
  ],
  byKind: [
    { kind: "code", ratings: 40, queries: 40, ...scores },
    { kind: "general", ratings: 108, queries: 80, ...scores },
  ],
  raters: { retest: [], pairs: [], alpha: { answers: 0, measure: few } },
  left: { notBlind: 0, skipped: 0, unjudged: 0 },
  health: [],
};
const nobody: Agreement = {
  ...known,
  overall: { ratings: 0, queries: 0, same: few, bias: few, spearman: few, kappa: { kind: "too-few", n: 0, of: 30 } },
};

describe("a measure in words", () => {
  test("is its number, or why there is none", () => {
    assert.deepEqual(
      [estimate(0.62), few, flat, same].map((measure) => numberText(measure, two)),
      ["0.62", "too few: 9 of 30", "0.50", "undefined"],
    );
  });

  test("says in a table and to those who cannot see how sure it is", () => {
    assert.deepEqual(
      [estimate(0.62), few, flat, same].map((measure) => measureText(measure, two)),
      [
        "0.62 [0.52, 0.72]",
        "too few: 9 of 30",
        "0.50, no interval: almost all scores are the same",
        "undefined, no interval: all scores are the same",
      ],
    );
  });

  test("gives each reason one note", () => {
    assert.deepEqual(reasonsOf([flat, few, same, flat]), [flat.why, same.why]);
    assert.deepEqual([noteMark(0), noteMark(1), noteMark(9)], ["¹", "²", "(10)"]);
  });
});

describe("an axis", () => {
  const anyMeasure = (low: number, high: number): fc.Arbitrary<Measure> =>
    fc.oneof(
      fc.constantFrom<Measure>(few, same),
      fc.double({ min: low, max: high, noNaN: true }).map((value): Measure => ({ ...flat, value })),
      fc.tuple(...[0, 1, 2].map(() => fc.double({ min: low, max: high, noNaN: true }))).map((numbers): Measure => {
        const [least, middle, greatest] = numbers.sort((a, b) => a - b);
        return estimate(middle!, least, greatest);
      }),
    );
  const holds = (axis: Axis, measures: readonly Measure[]): void => {
    for (const measure of measures) {
      if (measure.kind === "too-few" || measure.value === null) continue;
      const [low, high] = measure.kind === "estimate" ? [measure.low, measure.high] : [measure.value, measure.value];
      assert.ok(axis.min <= low && high <= axis.max, `${JSON.stringify(measure)} in ${JSON.stringify(axis)}`);
    }
    assert.ok(axis.ticks.includes(0));
    assert.ok(axis.ticks.every((tick) => tick >= axis.min && tick <= axis.max));
  };

  test("of ρ and κ is 0 to 1, and reaches below 0 where a number does", () => {
    assert.deepEqual(correlationAxis([estimate(0.62), few]), { min: 0, max: 1, ticks: [0, 0.5, 1] });
    assert.deepEqual(correlationAxis([estimate(0.05)]), { min: -0.5, max: 1, ticks: [-0.5, 0, 0.5, 1] });
    fc.assert(fc.property(fc.array(anyMeasure(-1, 1)), (measures) => holds(correlationAxis(measures), measures)));
  });

  test("has its numbers where they fit, 0 always among them", () => {
    const axis = biasAxis([estimate(0, -3, 2)]);
    assert.deepEqual(axis.ticks, [-2, 0, 2]);
    assert.deepEqual(ticksWithRoom(axis, 20, 24), [-2, 0, 2]);
    assert.deepEqual(ticksWithRoom(axis, 8, 24), [0]);
    assert.deepEqual(ticksWithRoom(biasAxis([estimate(1.04)]), 15, 24), [0, 2]);
  });

  test("of a bias has whole points around 0, and no more numbers than there is room for", () => {
    assert.deepEqual(biasAxis([estimate(1.04), few]), { min: -1, max: 2, ticks: [-1, 0, 1, 2] });
    fc.assert(
      fc.property(fc.array(anyMeasure(-7, 7)), (measures) => {
        const axis = biasAxis(measures);
        holds(axis, measures);
        assert.ok(axis.ticks.length <= 8);
      }),
    );
  });
});

describe("the forest plot", () => {
  test("has all answers, then kinds, then quarters of the rounds, each group apart", () => {
    assert.deepEqual(
      forestRows(known).map(({ name, ratings, begins }) => [name, ratings, begins]),
      [
        ["all answers", 148, false],
        ["code", 40, true],
        ["general", 108, false],
        ["rounds 1–150", 139, true],
        ["round 151", 9, false],
      ],
    );
  });

  test("has no rounds where there is but one part of them, which all answers are", () => {
    const { byRounds } = known;
    assert.equal(forestRows({ ...known, byRounds: byRounds.slice(0, 1), byKind: [] }).length, 1);
  });

  test("writes ρ and κ with two digits and a bias with its sign", () => {
    assert.deepEqual(
      columns.map(({ id, write }) => [id, write(-0.456), write(1)]),
      [
        ["spearman", "−0.46", "1.00"],
        ["kappa", "−0.46", "1.00"],
        ["bias", "−0.5", "+1.0"],
      ],
    );
  });
});

describe("the reliability diagram", () => {
  test("has a dot where there is a mean, a bar where it has an interval, and no place for what too few rated", () => {
    const { dots, tooFew } = calibrationOf([
      { judge: 3, ratings: 25, human: estimate(2.5) },
      { judge: 5, ratings: 100, human: { kind: "no-interval", value: 4, why: "all the same" } },
      { judge: 7, ratings: 3, human: { kind: "too-few", n: 3, of: 10 } },
    ]);
    assert.deepEqual(
      dots.map(({ judge, human, interval }) => [judge, human, interval]),
      [
        [3, 2.5, { low: 2.4, high: 2.6 }],
        [5, 4, undefined],
      ],
    );
    assert.equal(dots[1]!.radius / dots[0]!.radius, 2, "an area four times as large for four times as many ratings");
    assert.deepEqual(
      tooFew.map(({ judge }) => judge),
      [7],
    );
  });

  test("tells what people give where the judge gives a score, rounded as the bins are", () => {
    const bins = [{ judge: 6, ratings: 25, human: estimate(4.2) }];
    assert.deepEqual(
      [5.5, 6.2, 6.5].map((score) => calibrated(bins, score)),
      [estimate(4.2), estimate(4.2), undefined],
    );
  });

  test("is empty without ratings", () => {
    assert.deepEqual(calibrationOf([]), { dots: [], tooFew: [] });
  });
});

describe("what stands where there are no numbers", () => {
  const game = { imitates: false, only: undefined };
  const unjudged: Agreement = { ...nobody, left: { notBlind: 0, skipped: 0, unjudged: 12 } };

  test("is nothing once an answer is rated that the judge scored", () => {
    assert.equal(whyNothing(known, game), undefined);
  });

  test("says how many ratings are needed, that nothing was judged, or that nobody judges", () => {
    const text = (...args: Parameters<typeof whyNothing>): string => {
      const { title, text } = whyNothing(...args)!;
      return `${title}: ${text}`;
    };
    assert.match(text(nobody, game), /^No blind ratings yet: .* 30 rated queries\.$/);
    assert.match(text(nobody, { ...game, only: "mk" }), /^No blind ratings of yours yet/);
    assert.match(text(unjudged, game), /^No judge's scores .*: 12 ratings are of answers/);
    assert.match(text(unjudged, { ...game, imitates: true }), /^Nobody judges/);
  });

  test("names what was left out, and why", () => {
    assert.equal(leftText({ notBlind: 0, skipped: 0, unjudged: 0 }), "");
    assert.equal(
      leftText({ notBlind: 13, skipped: 2, unjudged: 4 }),
      "13 not blind, 2 skipped, 4 of answers without a judge's score",
    );
  });
});

describe("the judges' health", () => {
  test("is in words where the metric is known, and under its own name where it is not", () => {
    const flaws = flawsOf([
      { metric: "judge/rubric/frac_sum_differs", share: 0.0312 },
      { metric: "judge/frac_new", share: 0 },
    ]);
    assert.deepEqual(
      flaws.map(({ name, share }) => [name, share]),
      [
        ["points don't add up to the score", "3.1 %"],
        ["judge/frac_new", "0.0 %"],
      ],
    );
  });
});
