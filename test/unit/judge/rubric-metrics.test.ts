import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { chosenPairs, flawMetrics, modeAgreement } from "../../../daemon/judge/rubric/rubric-metrics.ts";
import type { Judgement } from "../../../daemon/judge/scorer.ts";
import { rankCorrelation } from "../../../daemon/selfplay/statistics.ts";
import { pairAt } from "./pairs.ts";

const scored = (value: number): Judgement => ({ value });
const unscored: Judgement = { value: null, unscored: "no verdict" };

describe("the agreement of the rubric's modes", () => {
  test("is measured over what both scored, and what they left out is counted", () => {
    const generate = [scored(1), scored(4), unscored, scored(7), unscored];
    const logits = [scored(2.5), scored(4.25), scored(6), scored(6.75), unscored];
    assert.deepEqual(modeAgreement(generate, logits, 7), {
      "judge/modes/both": 3,
      "judge/modes/mean_difference": (1.5 + 0.25 - 0.25) / 3,
      "judge/modes/spearman": 1,
      "judge/modes/same_rounded": 2 / 3,
      "judge/modes/unscored_generate": 2,
      "judge/modes/unscored_criterion_logits": 1,
    });
  });

  test("is on the scale of the criteria for rewards, too", () => {
    const rewards = [0, 1, 2, 3, 4, 5, 6, 7].map((score) => scored(score / 7));
    const agreement = modeAgreement(rewards, rewards, 1);
    assert.deepEqual([agreement["judge/modes/mean_difference"], agreement["judge/modes/same_rounded"]], [0, 1]);
    const all = rewards.map(() => scored(1));
    assert.equal(modeAgreement(rewards, all, 1)["judge/modes/mean_difference"], 3.5);
  });

  test("is nothing where nothing was scored twice", () => {
    const agreement = modeAgreement([unscored], [scored(3)], 7);
    assert.equal(agreement["judge/modes/both"], 0);
    for (const name of ["mean_difference", "spearman", "same_rounded"]) {
      assert.equal(agreement[`judge/modes/${name}`], null);
    }
  });
});

test("flaws of replies: shares of all replies, and of the verdicts", () => {
  const judgements: Judgement[] = [
    scored(3),
    { ...scored(4), flaw: "sum-differs" },
    { ...unscored, flaw: "cut" },
    { ...unscored, flaw: "no-verdict" },
    { ...unscored, flaw: "no-verdict" },
    unscored,
    scored(0),
    scored(1),
  ];
  assert.deepEqual(flawMetrics(judgements), {
    "judge/rubric/frac_cut": 1 / 8,
    "judge/rubric/frac_no_verdict": 2 / 8,
    "judge/rubric/frac_sum_differs": 1 / 4,
  });
  assert.equal(flawMetrics([unscored])["judge/rubric/frac_sum_differs"], null);
});

describe("the pairs that are scored twice", () => {
  const round = (number: number, size: number) => Array.from({ length: size }, (_, i) => pairAt("q", "a", i, number));

  test("are as many as asked for, in order, and depend on their keys alone", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.nat(50), fc.nat(1000), (size, count, number) => {
        const pairs = round(number, size);
        const chosen = chosenPairs(pairs, count);
        assert.equal(chosen.length, Math.min(count, size));
        assert.ok(chosen.every((place, i) => place >= 0 && place < size && (i === 0 || chosen[i - 1]! < place)));
        const backwards = chosenPairs(pairs.toReversed(), count).map((place) => size - 1 - place);
        assert.deepEqual(backwards.toReversed(), chosen);
      }),
    );
  });

  test("are others in other rounds, and not the first", () => {
    const chosen = [1, 2, 3, 4].map((number) => String(chosenPairs(round(number, 40), 5)));
    assert.equal(new Set([...chosen, "0,1,2,3,4"]).size, 5);
  });
});

describe("Spearman's rank correlation", () => {
  test("shares the ranks of ties", () => {
    // Ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 4.5 / √(4.5 · 5).
    const pairs = [
      [1, 10],
      [2, 30],
      [2, 20],
      [5, 99],
    ] as const;
    assert.ok(Math.abs(rankCorrelation(pairs)! - Math.sqrt(0.9)) < 1e-12);
    assert.equal(rankCorrelation([[1, 2]]), null);
    assert.equal(
      rankCorrelation([
        [1, 2],
        [1, 3],
      ]),
      null,
    );
  });

  test("knows nothing but the order: any rising function of a side changes nothing", () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      minLength: 2,
    });
    fc.assert(
      fc.property(values, (pairs) => {
        const found = rankCorrelation(pairs);
        const bent = rankCorrelation(pairs.map(([x, y]) => [Math.exp(x), y ** 3]));
        const turned = rankCorrelation(pairs.map(([x, y]) => [x, -y]));
        if (found === null) return assert.deepEqual([bent, turned], [null, null]);
        assert.ok(found >= -1 - 1e-12 && found <= 1 + 1e-12);
        assert.ok(Math.abs(bent! - found) < 1e-12 && Math.abs(turned! + found) < 1e-12);
      }),
    );
  });
});
