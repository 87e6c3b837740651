import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { leastLikely, tokenHeat } from "../../../webview/rounds/answers/heat.ts";
import { spreadRounds } from "../../../webview/rounds/curriculum/columns.ts";
import type { AnswerRecord, QueryRecord } from "../../../webview/rounds/data/records.ts";
import { appended, emptySeries, indexAt, lastRound, valueAt } from "../../../webview/rounds/data/series.ts";
import { hardestFirst } from "../../../webview/rounds/queries/query-order.ts";
import { answerRemarks, noContrast, queryRemarks } from "../../../webview/rounds/queries/remarks.ts";
import { layoutLabels, plannedCheckpoints } from "../../../webview/rounds/timeline/timeline-layout.ts";
import { restoredView } from "../../../webview/rounds/view-state.ts";

function answer(part: Partial<AnswerRecord>): AnswerRecord {
  return {
    text: "5",
    tokens: [1, 2],
    logprobs: [-1, -0.5],
    referenceLogprobs: [-1, -1],
    stop: "stop",
    reward: 1,
    selfReward: 7,
    advantage: 0.5,
    ...part,
  };
}

function query(part: Partial<QueryRecord>): QueryRecord {
  return {
    index: 0,
    text: "2+3",
    tokens: [1],
    logprobs: [-1],
    referenceLogprobs: [-1],
    admitted: true,
    V: 0.5,
    VQ: null,
    advantage: 0,
    answers: [],
    ...part,
  };
}

describe("a run's series", () => {
  test("grows by pages of later rounds to what one page of all would be", () => {
    const whole = { rounds: [0, 1, 2, 3], series: { a: [1, null, 3, 4] }, alarms: [] };
    const page = (from: number, to: number) => ({
      rounds: whole.rounds.slice(from, to),
      series: { a: whole.series.a.slice(from, to) },
      alarms: [],
    });
    const grown = appended(appended(emptySeries("r"), page(0, 1)), page(1, 4));
    assert.deepEqual(grown, appended(emptySeries("r"), whole));
    assert.equal(appended(grown, page(4, 4)), grown);
    assert.equal(lastRound(grown), 3);
  });

  test("tells the newest value that is not after a round", () => {
    const series = appended(emptySeries("r"), { rounds: [5, 6, 9], series: { a: [1, null, 3] }, alarms: [] });
    assert.equal(valueAt(series, "a", 4), null);
    assert.deepEqual(valueAt(series, "a", 8), { round: 5, value: 1 });
    assert.deepEqual(valueAt(series, "a", 100), { round: 9, value: 3 });
    assert.equal(valueAt(series, "unknown", 9), null);
  });

  test("finds a round as a search from the end would", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50)), fc.nat(60), (some, round) => {
        const rounds = some.sort((a, b) => a - b);
        assert.equal(
          indexAt(rounds, round),
          rounds.findLastIndex((one) => one <= round),
        );
      }),
    );
  });
});

test("queries stand hardest first, then those without V, then those that were not admitted", () => {
  const queries = [
    query({ index: 0, admitted: false, V: null }),
    query({ index: 1, V: 0.9 }),
    query({ index: 2, V: null }),
    query({ index: 3, V: 0.1 }),
    query({ index: 4, V: 0.9 }),
  ];
  assert.deepEqual(
    hardestFirst(queries).map(({ index }) => index),
    [3, 1, 4, 2, 0],
  );
});

describe("remarks", () => {
  const right = answer({ reward: 1, selfReward: 5 });
  const flattered = answer({ reward: 0, selfReward: 6 });
  const wrong = answer({ reward: 0, selfReward: 4 });

  test("name a wrong answer that the self-reward puts no lower than a right one", () => {
    const group = query({ answers: [right, flattered, wrong], expected: "5" });
    assert.deepEqual(
      answerRemarks(flattered, group, true).map(({ sentence }) => sentence),
      [
        "Verifier says wrong (5 expected); the judge still gives 6 of 7, no less than a right answer to the same query.",
      ],
    );
    assert.deepEqual(answerRemarks(wrong, group, true), []);
    assert.deepEqual(answerRemarks(right, group, true), []);
    assert.deepEqual(answerRemarks(flattered, group, false), []);
  });

  test("without a right answer, name a wrong one only at seven points", () => {
    const group = query({ answers: [flattered, wrong] });
    assert.deepEqual(answerRemarks(flattered, group, true), []);
    const full = answer({ reward: 0, selfReward: 7 });
    assert.equal(answerRemarks(full, query({ answers: [full] }), true)[0]?.kind, "judge");
  });

  test("of a query come once a kind, the worst first", () => {
    const cut = answer({ stop: "length", advantage: 0 });
    const unscored = answer({ reward: null, selfReward: null, unscored: "no reply", advantage: 0 });
    const group = query({ answers: [cut, unscored, cut] });
    assert.deepEqual(
      queryRemarks(group, true).map(({ kind }) => kind),
      ["unscored", "clip", "no-contrast"],
    );
  });

  test("say no contrast only where every advantage is zero", () => {
    const equal = answer({ advantage: 0 });
    assert.ok(noContrast(query({ answers: [equal, equal] })));
    assert.ok(!noContrast(query({ answers: [equal, answer({ advantage: 0.1 })] })));
    assert.ok(!noContrast(query({ answers: [] })));
  });
});

describe("the heat of tokens", () => {
  test("of log-probabilities is on a fixed scale, full at −5 nat", () => {
    const heat = tokenHeat(answer({ logprobs: [0, -2.5, -5, -50] }), "logprob", 1);
    assert.deepEqual(
      heat.map(({ strength }) => strength + 0),
      [0, 0.5, 1, 1],
    );
  });

  test("of an advantage is the answer's for every token, and says when it is negative", () => {
    const heat = tokenHeat(answer({ advantage: -0.5 }), "advantage", 2);
    assert.deepEqual(heat, [
      { strength: 0.25, below: true },
      { strength: 0.25, below: true },
    ]);
  });

  test("the least likely token is found", () => {
    assert.equal(leastLikely([-1, -3, -2]), 1);
    assert.equal(leastLikely([]), -1);
  });
});

describe("the timeline", () => {
  test("leaves out labels that would touch, and keeps those that come first", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.nat(9999)), { maxLength: 30 }), (wishes) => {
        const labels = layoutLabels(
          wishes.map(([x, round]) => ({ x, text: String(round), kind: "tick" })),
          600,
        );
        const boxes = labels.map(({ x, text, anchor }) => {
          const size = text.length * 6.2;
          const left = anchor === "start" ? x : anchor === "end" ? x - size : x - size / 2;
          return [left, left + size] as const;
        });
        for (const [index, [left, right]] of boxes.entries()) {
          assert.ok(left >= -1e-9 && right <= 600 + 1e-9);
          assert.ok(boxes.slice(0, index).every(([from, to]) => right <= from || left >= to));
        }
        assert.ok(wishes.length === 0 || labels[0]!.text === String(wishes[0]![1]));
      }),
    );
  });

  test("plans the checkpoints that are still to come", () => {
    assert.deepEqual(plannedCheckpoints(50, 120, 300), [150, 200, 250, 300]);
    assert.deepEqual(plannedCheckpoints(50, 300, 300), []);
  });
});

test("a curriculum's rounds are spread from the first to the last, each once", () => {
  assert.deepEqual(spreadRounds(1, 41, 5), [1, 11, 21, 31, 41]);
  assert.deepEqual(spreadRounds(1, 3, 5), [1, 2, 3]);
  assert.deepEqual(spreadRounds(1, 0, 5), []);
});

test("a kept view is taken up for its own run, without what is not of its kind", () => {
  assert.equal(restoredView({ run: "other", round: 3 }, "mine"), undefined);
  assert.equal(restoredView("nonsense", "mine"), undefined);
  const restored = restoredView({ run: "mine", round: 3, heat: "advantage", asTable: "yes", extra: 1 }, "mine");
  assert.equal(restored?.round, 3);
  assert.equal(restored?.heat, "advantage");
  assert.equal(restored?.asTable, false);
  assert.ok(!("extra" in restored!));
});
