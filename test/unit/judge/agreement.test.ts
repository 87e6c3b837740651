import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bandsOf } from "../../../daemon/judge/agreement/bands.ts";
import { fewestUnits, type Measure, measure } from "../../../daemon/judge/agreement/bootstrap.ts";
import {
  type HumanRating,
  type JudgedAnswer,
  type Pair,
  type Place,
  placeOf,
} from "../../../daemon/judge/agreement/cases.ts";
import { influences } from "../../../daemon/judge/agreement/influences.ts";
import { queryKind } from "../../../daemon/judge/agreement/query-kind.ts";
import { krippendorffAlpha } from "../../../daemon/judge/agreement/raters.ts";
import { onScale } from "../../../daemon/judge/agreement/scale.ts";
import { bias, quadraticKappa, spearman, weightedMean } from "../../../daemon/judge/agreement/statistics.ts";
import { doubtOf, stratumOf } from "../../../daemon/judge/agreement/strata.ts";
import { marginOf, rake } from "../../../daemon/judge/agreement/weights.ts";
import { type Agreement, agreementOf } from "../../../daemon/judge/agreement.ts";
import { rankCorrelation } from "../../../daemon/selfplay/statistics.ts";
import { ratedByQueue, worldOf } from "./simulated-rater.ts";

const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
const estimate = (each: Measure): Measure & { kind: "estimate" } => {
  assert.ok(each.kind === "estimate", JSON.stringify(each));
  return each;
};
const scores = fc.array(fc.record({ judge: fc.double({ min: 0, max: 7, noNaN: true }), human: fc.nat(7) }), {
  minLength: 2,
  maxLength: 30,
});

/** κ from the table of scores, as its definition says. */
function kappaOfTable(pairs: readonly Pair[]): number | null {
  const table = Array.from({ length: 8 }, () => Array<number>(8).fill(0));
  for (const { judge, human } of pairs) table[Math.round(judge)]![human]!++;
  const rows = table.map((row) => row.reduce((a, b) => a + b, 0));
  const columns = table.map((_, j) => table.reduce((sum, row) => sum + row[j]!, 0));
  let [observed, expected] = [0, 0];
  for (let i = 0; i < 8; i++) {
    for (let j = 0; j < 8; j++) {
      observed += (i - j) ** 2 * table[i]![j]!;
      expected += ((i - j) ** 2 * rows[i]! * columns[j]!) / pairs.length;
    }
  }
  return expected === 0 ? null : 1 - observed / expected;
}

describe("statistics of agreement", () => {
  test("κ is that of the table of scores", () => {
    fc.assert(
      fc.property(scores, (pairs) => {
        const [ours, theirs] = [quadraticKappa(pairs)(ones(pairs.length)), kappaOfTable(pairs)];
        if (theirs === null || ours === null) assert.equal(ours, theirs);
        else assert.ok(Math.abs(ours - theirs) < 1e-9);
      }),
    );
  });
  test("Spearman's is the correlation of ranks, ties at their mean", () => {
    fc.assert(
      fc.property(scores, (pairs) => {
        const ours = spearman(pairs)(ones(pairs.length));
        const theirs = rankCorrelation(pairs.map(({ judge, human }) => [judge, human] as const));
        if (theirs === null || ours === null) assert.equal(ours, theirs);
        else assert.ok(Math.abs(ours - theirs) < 1e-9);
      }),
    );
  });
  test("a weight of two is a case twice", () => {
    fc.assert(
      fc.property(scores, (pairs) => {
        const [first] = pairs;
        const twice = [first!, ...pairs];
        const weights = ones(pairs.length);
        weights[0] = 2;
        for (const statistic of [bias, quadraticKappa, spearman]) {
          const [ours, theirs] = [statistic(pairs)(weights), statistic(twice)(ones(twice.length))];
          if (theirs === null || ours === null) assert.equal(ours, theirs);
          else assert.ok(Math.abs(ours - theirs) < 1e-9);
        }
      }),
    );
  });
  test("the influence of a case is how the statistic changes with its weight", () => {
    const pairs = [...Array(20).keys()].map((i): Pair => ({ judge: (3 * i) % 8, human: (i * i) % 8 }));
    const step = 1e-6;
    const known = influences(pairs, ones(20));
    for (const [i, [onBias, onKappa]] of known.entries()) {
      const heavier = ones(20);
      heavier[i] = 1 + step;
      const slope = (statistic: (weights: Float64Array) => number | null): number =>
        ((statistic(heavier)! - statistic(ones(20))!) / step) * 20;
      assert.ok(Math.abs(slope(bias(pairs)) - onBias) < 1e-4);
      assert.ok(Math.abs(slope(quadraticKappa(pairs)) - onKappa) < 1e-4);
    }
  });
  test("Krippendorff's α is 0.849 on his own example (interval metric; Computing Krippendorff's Alpha-Reliability, 2011)", () => {
    const answers = [
      [1, 1, 1],
      [2, 2, 3, 2],
      [3, 3, 3, 3],
      [3, 3, 3, 3],
      [2, 2, 2, 2],
      [1, 2, 3, 4],
      [4, 4, 4, 4],
      [1, 1, 2, 1],
      [2, 2, 2, 2],
      [5, 5, 5],
      [1, 1],
    ];
    assert.equal(krippendorffAlpha(answers)(ones(answers.length))!.toFixed(3), "0.849");
  });
});

describe("the interval of a statistic", () => {
  const units = (n: number) => ({ unitOf: Int32Array.from({ length: n }, (_, i) => i), units: n, margins: [] });

  test("is not given for few units", () => {
    const { mean } = measure(units(9), { mean: weightedMean(new Float64Array(9)) });
    assert.deepEqual(mean, { kind: "too-few", n: 9, of: fewestUnits });
  });
  test("is Student's for a mean of normal values, the same on every day", () => {
    const n = 60;
    // Normal quantiles of equal steps: mean 0, and a standard deviation that is known.
    const values = Float64Array.from({ length: n }, (_, i) => Math.log((i + 0.5) / (n - i - 0.5)) / 1.7);
    const sd = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / (n - 1));
    const { mean } = measure(units(n), { mean: weightedMean(values) });
    const { low, high } = estimate(mean);
    const student = (2 * 2.001 * sd) / Math.sqrt(n);
    assert.ok(Math.abs((high - low) / student - 1) < 0.08, `${high - low} and ${student}`);
    assert.deepEqual(measure(units(n), { mean: weightedMean(values) }).mean, mean);
  });
  test("draws cases of a unit together: repeating each case narrows nothing", () => {
    const n = 40;
    const values = Float64Array.from({ length: n }, (_, i) => i % 7);
    const alone = measure(units(n), { mean: weightedMean(values) }).mean;
    const unitOf = Int32Array.from({ length: 3 * n }, (_, i) => i % n);
    const thrice = { unitOf, units: n, margins: [] };
    const repeated = Float64Array.from(unitOf, (unit) => values[unit]!);
    assert.deepEqual(measure(thrice, { mean: weightedMean(repeated) }).mean, alone);
  });
  test("is not given where nothing varies", () => {
    const pairs = Array.from({ length: 40 }, (): Pair => ({ judge: 5, human: 5 }));
    const { kappa, equal } = measure(units(40), { kappa: quadraticKappa(pairs), equal: bias(pairs) });
    assert.deepEqual([kappa.kind, kappa.kind === "no-interval" && kappa.value], ["no-interval", null]);
    assert.deepEqual([equal.kind, equal.kind === "no-interval" && equal.value], ["no-interval", 0]);
  });
});

describe("weights", () => {
  test("give each sort of answers its share, in both margins", () => {
    const strata = Array.from({ length: 40 }, (_, i) => (i < 30 ? 0 : 1));
    const bands = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 0 : 1));
    const weights = ones(40);
    rake(weights, [marginOf(strata, [100, 300]), marginOf(bands, [200, 200])]);
    const total = weights.reduce((a, b) => a + b, 0);
    const held = (of: readonly number[]): number =>
      weights.reduce((sum, weight, i) => sum + (of[i] === 0 ? weight : 0), 0) / total;
    assert.ok(Math.abs(held(strata) - 0.25) < 0.01 && Math.abs(held(bands) - 0.5) < 0.01);
  });
  test("pool sorts that have few ratings with their neighbours, whose shares they take", () => {
    const { of, shares } = marginOf([0, 0, 2, 2, 2, 2, 2, 2, 3], [100, 200, 300, 400]);
    assert.deepEqual([[...of], shares], [[0, 0, 0, 0, 0, 0, 0, 0, 0], [1]]);
    const wide = marginOf([...Array<number>(12).fill(0), ...Array<number>(12).fill(2), 3], [100, 200, 300, 400]);
    assert.deepEqual([wide.of.at(-1), wide.shares], [1, [0.1, 0.9]]);
  });
});

describe("strata", () => {
  test("tell doubts of the judges, and not which way they go", () => {
    assert.equal(doubtOf([0, 6 / 7], undefined), "scorers-disagree");
    assert.equal(doubtOf([1, 1 / 7], undefined), "scorers-disagree");
    assert.equal(doubtOf([1, 6 / 7], undefined), undefined);
    assert.equal(doubtOf([0.9, 0.5, 0.49], undefined), "scorers-disagree", "members of an ensemble");
    assert.equal(doubtOf([0.3], undefined), undefined, "nobody to disagree with");
    assert.equal(doubtOf([3 / 7], Array(7).fill(0.5)), "judge-unsure");
    assert.equal(doubtOf([1], Array(7).fill(0.99)), undefined);
    assert.equal(new Set([0, 1, 2, 5, 6, 7].map((score) => stratumOf({ score, doubt: undefined }))).size, 3);
  });
  test("judges of different ranges are put on one scale", () => {
    assert.equal(onScale(0.25, { low: 0, high: 1 }, 7), 1.75);
    assert.equal(onScale(3, { low: 0, high: 7 }, 7), 3);
    assert.equal(onScale(0, { low: -2, high: 2 }, 1), 0.5);
    assert.equal(onScale(0, { low: null, high: null }, 7), 3.5);
    assert.ok(Math.abs(onScale(Math.log(3), { low: 0, high: null }, 1) - 0.75) < 1e-12);
  });
  test("kinds of queries are told by words", () => {
    assert.equal(queryKind("12+7", true), "right answer");
    assert.equal(queryKind("Write a Python script that sorts a list.", false), "code");
    assert.equal(queryKind("Why does bread rise?", false), "general");
  });
});

const world = worldOf(3);
const of = (
  ratings: readonly HumanRating[],
  change: (answer: JudgedAnswer) => JudgedAnswer = (a) => a,
): Promise<Agreement> =>
  agreementOf({
    ratings,
    judged: (place) => {
      const answer = world.judged(place);
      return answer && change(answer);
    },
    population: world.answers.map(change),
    bands: world.bands,
  });
const truth = (of: (judge: number, human: number) => number): number =>
  world.answers.reduce((sum, answer) => sum + of(answer.score, world.human(answer)), 0) / world.answers.length;
const judgeScores = new Map(world.answers.map((answer) => [placeOf(answer), answer.score]));
const scoreOf = (place: Place): number => judgeScores.get(placeOf(place))!;
const ratings = ratedByQueue(world, 160);
const agreement = await of(ratings);

describe("agreement", () => {
  test("finds the bias of a judge that is fooled, though most ratings are of answers in doubt", () => {
    const { value, low, high } = estimate(agreement.overall.bias);
    const known = truth((judge, human) => judge - human);
    assert.ok(known > 0.5 && low <= known && known <= high && low > 0, `${known} in ${low}, ${value}, ${high}`);
    const plain = ratings.reduce((sum, rating) => sum + scoreOf(rating) - rating.score, 0) / ratings.length;
    assert.ok(Math.abs(plain - known) > 2 * Math.abs(value - known), `the plain mean, ${plain}, is further off`);
  });
  test("has a diagram of reliability, by rounds, and counts", () => {
    const { overall, reliability, byRounds, byKind } = agreement;
    assert.equal(
      reliability.reduce((sum, bin) => sum + bin.ratings, 0),
      overall.ratings,
    );
    assert.equal(
      byRounds.reduce((sum, band) => sum + band.ratings, 0),
      overall.ratings,
    );
    assert.deepEqual(byKind, []);
    const six = reliability.find(({ judge }) => judge === 6)!;
    const inSix = world.answers.filter(({ score }) => score === 6);
    const known = inSix.reduce((sum, answer) => sum + world.human(answer), 0) / inSix.length;
    const { low, high } = estimate(six.human);
    assert.ok(low <= known && known <= high && high < 6, `${low}, ${known}, ${high}`);
  });
  test("counts an answer that is rated again in test and retest alone", () => {
    const { overall, raters } = agreement;
    const distinct = new Set(ratings.map(({ round, query, answer }) => `${round}/${query}/${answer}`)).size;
    assert.ok(distinct < ratings.length);
    assert.equal(overall.ratings, distinct);
    assert.deepEqual(
      raters.retest.map(({ rater, answers, same }) => [rater, answers, same.kind]),
      [["ada", ratings.length - distinct, "too-few"]],
    );
  });
  test("compares raters on the answers that both rated", async () => {
    const both = ratings.slice(0, 40).map((rating): HumanRating => ({ ...rating, rater: "bob", score: rating.score }));
    const { pairs, alpha } = (await of([...ratings, ...both])).raters;
    const [pair] = pairs;
    assert.deepEqual([pair!.raters, pair!.answers], [["ada", "bob"], 40]);
    assert.equal(pair!.same.kind === "no-interval" && pair!.same.value, 1);
    assert.deepEqual([alpha.answers, alpha.measure.kind === "no-interval" && alpha.measure.value], [40, 1]);
  });
  test("compares criteria where both gave them", async () => {
    const met = [1, 1, 0, 0, 1, 1, 0] as const;
    const judge = [1, 1, 1, 0, 1, 1, 0] as const;
    const withCriteria = ratings.map((rating, i) => (i < 100 ? { ...rating, criteria: met } : rating));
    const { criteria } = await of(withCriteria, (answer) => ({ ...answer, criteria: judge }));
    assert.deepEqual(
      criteria.map(({ criterion, same }) => [criterion, same.kind === "no-interval" && same.value]),
      judge.map((each, i) => [i + 1, each === met[i] ? 1 : 0]),
    );
    assert.ok(criteria.every((each) => each.ratings > 80 && each.ratings <= 100));
  });
  test("leaves out what the judge did not score, and says how many", async () => {
    const { overall, unjudged } = await of(ratings, (answer) =>
      answer.round > 8 ? answer : { ...answer, score: null },
    );
    assert.ok(unjudged > 0);
    assert.equal(overall.ratings + unjudged, agreement.overall.ratings);
  });
  test("of nothing says that there are too few", async () => {
    const { overall, reliability, byKind } = await agreementOf({
      ratings: [],
      judged: () => undefined,
      population: [],
      bands: [],
    });
    assert.deepEqual(overall.kappa, { kind: "too-few", n: 0, of: fewestUnits });
    assert.deepEqual([reliability, byKind], [[], []]);
  });
  test("of answers of which the rounds that were looked at have none is plain", async () => {
    const { overall } = await agreementOf({ ratings, judged: world.judged, population: [], bands: world.bands });
    const rated = new Map(ratings.map((rating) => [placeOf(rating), rating]));
    const sum = [...rated.values()].reduce((total, rating) => total + scoreOf(rating) - rating.score, 0);
    assert.ok(Math.abs(estimate(overall.bias).value - sum / rated.size) < 1e-3);
  });
  test("by kind of query shows the kinds, each with its count", async () => {
    const kindOf = (answer: JudgedAnswer): JudgedAnswer => ({
      ...answer,
      kind: answer.query === 0 ? "code" : "general",
    });
    const { byKind } = await of(ratings, kindOf);
    assert.deepEqual(byKind.map(({ kind }) => kind).sort(), ["code", "general"]);
    assert.equal(byKind.find(({ kind }) => kind === "code")!.kappa.kind, "too-few");
  });
  test("bands are quarters of the rounds", () => {
    assert.deepEqual(
      bandsOf([1, 2, 3]),
      [1, 2, 3].map((round) => ({ first: round, last: round })),
    );
    assert.deepEqual(
      bandsOf(world.rounds).map(({ last }) => last),
      [8, 16, 24, 32],
    );
    assert.deepEqual(bandsOf([]), []);
  });
});
