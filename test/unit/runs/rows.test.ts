import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { completionRows, preferenceRows, type RowSource } from "../../../daemon/runs/export/rows.ts";
import type { AnswerRecord, QueryRecord } from "../../../daemon/store/records.ts";

const source: RowSource = {
  messages: (query) => [{ role: "user", content: `${query}?` }],
  render: (messages) => messages.map(({ role, content }) => `<${role}>${content}`).join(""),
  hasSelfReward: false,
};

function answer(text: string, reward: number | null, changes: Partial<AnswerRecord> = {}): AnswerRecord {
  const tokens = { tokens: [1], logprobs: [-1], referenceLogprobs: [-1] };
  return { text, ...tokens, stop: "stop", reward, selfReward: null, advantage: 0.5, ...changes };
}

function query(text: string, answers: AnswerRecord[]): QueryRecord {
  const empty = { tokens: [], logprobs: [], referenceLogprobs: [] };
  return { index: 0, text, ...empty, admitted: true, V: null, VQ: null, advantage: 0, answers };
}

describe("completions", () => {
  test("have TRL's columns; a query without answers has none", () => {
    const rows = completionRows(7, [query("a", [answer("x", 1), answer("y", null)]), query("b", [])], source);
    assert.deepEqual(rows, [
      { step: 7, prompt: "<user>a?", completion: "x", reward: 1, advantage: 0.5 },
      { step: 7, prompt: "<user>a?", completion: "y", reward: null, advantage: 0.5 },
    ]);
  });
  test("have a column for the self-reward where the algorithm has one", () => {
    const [row] = completionRows(1, [query("a", [answer("x", 1, { selfReward: 5 })])], {
      ...source,
      hasSelfReward: true,
    });
    assert.deepEqual(row, { step: 1, prompt: "<user>a?", completion: "x", reward: 1, self_reward: 5, advantage: 0.5 });
  });
});

describe("preferences", () => {
  const pairOf = (answers: AnswerRecord[]): unknown[] => preferenceRows(3, [query("a", answers)], source);

  test("pair the best answer with the worst, in TRL's conversational format", () => {
    assert.deepEqual(pairOf([answer("b", 0.5), answer("c", 1), answer("a", 0)]), [
      {
        prompt: [{ role: "user", content: "a?" }],
        chosen: [{ role: "assistant", content: "c" }],
        rejected: [{ role: "assistant", content: "a" }],
        score_chosen: 1,
        score_rejected: 0,
        step: 3,
      },
    ]);
  });

  test("leave out ties, unscored answers and those that were cut", () => {
    assert.deepEqual(pairOf([]), []);
    assert.deepEqual(pairOf([answer("a", 1), answer("b", 1)]), []);
    assert.deepEqual(pairOf([answer("a", 1), answer("b", null)]), []);
    assert.deepEqual(pairOf([answer("a", 1), answer("b", 0, { stop: "length" })]), []);
  });

  test("are at most one a query, and the chosen one has the higher reward, for any answers", () => {
    const anyAnswer = fc
      .tuple(fc.constantFrom(0, 0.5, 1, null), fc.constantFrom("stop" as const, "length" as const))
      .map(([reward, stop]) => answer(`${reward} ${stop}`, reward, { stop }));
    fc.assert(
      fc.property(fc.array(fc.array(anyAnswer)), (rounds) => {
        const rows = preferenceRows(
          1,
          rounds.map((answers, i) => query(String(i), answers)),
          source,
        ) as {
          score_chosen: number;
          score_rejected: number;
        }[];
        const decided = rounds.filter((answers) => {
          const rewards = answers.flatMap(({ reward, stop }) => (reward !== null && stop === "stop" ? [reward] : []));
          return new Set(rewards).size > 1;
        });
        assert.equal(rows.length, decided.length);
        for (const { score_chosen, score_rejected } of rows) assert.ok(score_chosen > score_rejected);
      }),
    );
  });
});
