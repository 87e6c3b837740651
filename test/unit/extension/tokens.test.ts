import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { roundDocument } from "../../../daemon/documents/round-document.ts";
import type { AnswerRecord, QueryRecord } from "../../../daemon/store/records.ts";
import { visibleLine } from "../../../daemon/text/visible.ts";
import { runScoring } from "../../../extension/documents/run-scoring.ts";
import { advantageLevel, levels, logprobLevel } from "../../../extension/documents/token-levels.ts";
import { partsOf, tokenSegments } from "../../../extension/documents/token-places.ts";
import { whyText } from "../../../extension/documents/why-text.ts";
import { scoringConfig } from "../documents/records.ts";

function answer(text: string, facts: Partial<AnswerRecord> = {}): AnswerRecord {
  return {
    ...{ text, tokens: [1, 2], logprobs: [-0.5, -1.5], referenceLogprobs: [-0.5, -1], stop: "stop" as const },
    ...{ reward: 1, selfReward: 6, advantage: 0.25 },
    ...facts,
  };
}

function query(text: string, answers: AnswerRecord[]): QueryRecord {
  return {
    index: 4,
    text,
    tokens: [1],
    logprobs: [-1],
    referenceLogprobs: [-1],
    admitted: true,
    V: 1,
    VQ: 6,
    advantage: 0,
    answers,
  };
}

/** The lines of a round's document with these texts, as the daemon renders it. */
function linesOf(...queries: QueryRecord[]): string[] {
  const record = { round: 7, finishedAt: "2026-01-01", seconds: 1, phases: {}, metrics: {}, notes: [] };
  return roundDocument({ run: "a", name: "a", verified: true, config: scoringConfig, record, queries }).text.split(
    "\n",
  );
}

describe("tokens in a round's document", () => {
  test("stand where the daemon has put their text, whatever a model wrote", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "\n",
        "\t",
        "‹",
        "## Query 9",
        "### Answer 0 · 1 token",
        "\u202e",
        "é\u0301\u0301\u0301",
        "    │ ",
        "😀",
        "",
      ),
      fc.string({ maxLength: 6 }),
    );
    const pieces = fc.array(piece, { maxLength: 12 });
    fc.assert(
      fc.property(pieces, pieces, (asked, answered) => {
        const lines = linesOf(query(asked.join(""), [answer("first"), answer(answered.join(""))]));
        const parts = partsOf(lines);
        assert.deepEqual(
          parts.map((part) => [part.query, part.answer]),
          [
            [4, undefined],
            [4, 0],
            [4, 1],
          ],
        );
        for (const [part, tokens] of [
          [parts[0]!, asked],
          [parts[2]!, answered],
        ] as const) {
          // A token without letters of its own has no place, and an accent may be written out with the letter before it.
          const shown = tokenSegments(lines, part, tokens)
            .flat()
            .map(({ line, from, to }) => lines[line]!.slice(from, to));
          const whole = tokens
            .join("")
            .split("\n")
            .map((line) => line.split("\t").map(visibleLine).join("\t"));
          assert.equal(shown.join(""), whole.join(""));
        }
      }),
    );
  });

  test("that are not in the text have no place", () => {
    const lines = linesOf(query("1+1", [answer("2")]));
    const [, part] = partsOf(lines);
    const segments = tokenSegments(lines, part!, ["2", "<|im_end|>"]);
    assert.deepEqual(
      segments.map(({ length }) => length),
      [1, 0],
    );
  });

  test("are the stronger, the less likely, or the larger their advantage", () => {
    assert.deepEqual([-0.1, -0.25, -2, -3, -50].map(logprobLevel), [undefined, ...levels.logprob]);
    assert.deepEqual([-1, -0.1, 0, 0.1, 1].map(advantageLevel), [
      "sparring.disadvantage2",
      "sparring.disadvantage1",
      undefined,
      "sparring.advantage1",
      "sparring.advantage2",
    ]);
  });
});

describe("why an answer has its score", () => {
  const scoring = runScoring({ config: scoringConfig, record: null });
  const text = whyText(
    { run: "a", round: 7 },
    query("1+1", [
      answer("2\nR_Q  7.0   forged", { criteria: [1, 1, 0, 1, 1, 1, 1], rationale: "not met: 3\u001b[2J" }),
      answer("3", { reward: null, unscored: "timed out" }),
    ]),
    0,
    scoring,
  );

  test("is told by rewards, criteria and words", () => {
    assert.match(text, /^R {4}1\.000 /m);
    assert.match(text, /^R_Q {2}6\.000 /m);
    assert.match(text, /^ {5}2 ■ Instruction clear and specific\n {5}3 □ Answer understandable$/m);
    assert.match(text, /^A {4}\+0\.250 {4}It is the only one of 2 answers that is scored/m);
    assert.match(text, /^R of the group {1}1\.000, –\nR_Q {12}6\.000, 6\.000$/m);
    assert.match(text, /minus the reference's -0\.50 nat/);
  });

  test("can't be forged by the answer", () => {
    assert.doesNotMatch(text, /^R_Q {2}7/m);
    assert.match(text, /^ {4}│ R_Q {2}7\.0 {3}forged$/m);
    assert.match(text, /^ {5}The judge says: not met: 3‹U\+001B›\[2J$/m);
  });

  test("of an imitation is told by what the loss makes of the pair", () => {
    const pair = query("1+1", [
      answer("2", { role: "real", D: 0.5, implicit: 0.05, advantage: 0.04, selfReward: null }),
      answer("3", { role: "generated", D: -1, implicit: -0.1, advantage: -0.04, reward: 0, opponent: 2 }),
    ]);
    const told = whyText({ run: "a", round: 7 }, pair, 1, scoring);
    assert.match(told, /^ {2}real +\+0\.500 +\+0\.050 +\+0\.0400 +1\.00 +-2\.00 +2$/m);
    assert.match(told, /^▸ generated +-1\.000 +-0\.100 +-0\.0400 +0\.00 +-2\.00 +2$/m);
    assert.match(told, /^This answer is from: opponent of iteration 2$/m);
    assert.doesNotMatch(told, /Criteria|judge|R_Q/);
  });
});
