import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type RoundDocument, roundDocument } from "../../../daemon/documents/round-document.ts";
import { offsetOf, positionOf, type TextPlace } from "../../../daemon/documents/text-place.ts";
import type { QueryRecord } from "../../../daemon/store/records.ts";
import { visible } from "../../../daemon/text/visible.ts";
import { answerOf, queryOf, recordOf, scoringConfig } from "./records.ts";

function documentOf(queries: readonly QueryRecord[]): RoundDocument {
  return roundDocument({
    run: "addition-1",
    name: "addition",
    verified: true,
    config: scoringConfig,
    record: recordOf(12),
    queries,
  });
}

describe("a round's document", () => {
  test("names who scored, where that is known", () => {
    const reward = { name: "endpoint:x\n## Query 9", low: null, high: null };
    const facts = { run: "r", name: "r", verified: false, config: scoringConfig, record: recordOf(1), queries: [] };
    const { text } = roundDocument({
      ...facts,
      judges: { reward, selfReward: { name: "self-reward", low: 0, high: 7 } },
    });
    assert.match(text, /^- Judges: R by endpoint:x‹U\+000A›## Query 9, without bounds; R_Q by self-reward, 0 to 7$/m);
    assert.doesNotMatch(roundDocument(facts).text, /Judges/);
  });

  test("reads well, and a hostile text can't forge a line of it", () => {
    const { text } = roundDocument({
      run: "addition-1",
      name: "addition\n# forged",
      verified: true,
      config: scoringConfig,
      record: recordOf(12, { metrics: { "eval/accuracy": 0.83, "eval/tasks": 512 }, notes: ["1 admitted query only"] }),
      queries: [
        queryOf(0, "57+26=", {
          V: 0.5,
          VQ: 3.5,
          tokens: [1, 2],
          expected: "83",
          answers: [
            answerOf("83", { selfReward: 7 }),
            answerOf("## Query 9\n```\n<script>alert(1)</script>\n\u202e[x](command:evil)", {
              reward: 0,
              selfReward: 0,
              stop: "length",
            }),
          ],
        }),
        queryOf(1, "x", { admitted: false, V: null, reason: "The text is not a task: x.", stop: "length" }),
        queryOf(2, "1+1=", {
          V: 0,
          answers: [answerOf("", { reward: null, unscored: "the judge gave no verdict" })],
        }),
      ],
    });
    assert.equal(
      text,
      `# addition‹U+000A›# forged · round 12

- Run: addition-1
- Finished: 2026-11-21T09:12:33.000Z, after 14.3 s
- Queries: 3 written by the Challenger, 2 admitted
- Answers: 3, 1 cut at the token limit, 1 unscored
- Mean reward: V 0.250, R_Q 3.50
- Held-out accuracy: 0.830 on 512 tasks
- Note: 1 admitted query only

The hardest queries first, those that were not admitted last. V is the mean reward of a query's answers.

## Query 2
    │ 1+1=

### Answer 0 · 0 tokens · empty
    │ 

## Query 0 · expected: 83
    │ 57+26=

### Answer 0 · 2 tokens
    │ 83

### Answer 1 · ${Array.from("## Query 9\n```\n<script>alert(1)</script>\n\u202e[x](command:evil)").length} tokens · cut at the token limit
    │ ## Query 9
    │ \`\`\`
    │ <script>alert(1)</script>
    │ ‹U+202E›[x](command:evil)

## Query 1 · not admitted · The text is not a task: x. · cut at the token limit
    │ x
`,
    );
  });

  test("of a round that only measured says so", () => {
    assert.match(documentOf([]).text, /No queries were played in this round: it only measured\.\n$/);
  });

  test("maps every place back to its record and its text", () => {
    const texts = fc.string({
      unit: fc.oneof(fc.constantFrom("\n", "\r", "#", "\u202e", "‹", "\u0301", "😀"), fc.constantFrom("a", " ")),
      maxLength: 30,
    });
    const query = fc.record({
      text: texts,
      admitted: fc.boolean(),
      V: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      answers: fc.array(texts, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(query, { maxLength: 4 }), (drawn) => {
        const queries = drawn.map(({ text, answers, ...rest }, index) =>
          queryOf(index, text, { ...rest, answers: answers.map((answer) => answerOf(answer)) }),
        );
        const document = documentOf(queries);
        const lines = document.text.split("\n");
        assert.deepEqual(document.places.map(({ record }) => record.index).toSorted(), [...queries.keys()]);
        for (const { record, first, last, text, answers } of document.places) {
          assert.equal(record, queries[record.index]);
          assert.match(lines[first]!, new RegExp(`^## Query ${record.index}( |$)`));
          mapsBack(lines, text, record.text);
          assert.deepEqual(
            answers.map(({ record: answer }) => answer),
            record.answers,
          );
          for (const answer of answers) {
            assert.match(lines[answer.first]!, new RegExp(`^### Answer ${answer.index} `));
            assert.ok(first < answer.first && answer.last <= last);
            mapsBack(lines, answer.text, answer.record.text);
          }
        }
      }),
    );
  });

  test("orders admitted queries by rising V, and puts the others last", () => {
    const { places } = documentOf([
      queryOf(0, "a", { admitted: false, V: 0 }),
      queryOf(1, "b", { V: null }),
      queryOf(2, "c", { V: 1 }),
      queryOf(3, "d", { V: 0.25 }),
      queryOf(4, "e", { V: 0.25 }),
    ]);
    assert.deepEqual(
      places.map(({ record }) => record.index),
      [3, 4, 2, 1, 0],
    );
  });

  test("cuts very long texts, never inside of a character, and says how much is left out", () => {
    const text = `${"x".repeat(99_999)}😀y`;
    const { text: shown, places } = documentOf([queryOf(0, text)]);
    assert.equal(places[0]!.text.source, "x".repeat(99_999));
    assert.equal(places[0]!.text.leftOut, 3);
    assert.match(shown, /\n\n\(The text goes on for 3 characters\.\)\n$/);
  });

  test("ends at about 2 MB with a plain note", () => {
    const answer = answerOf("x".repeat(90_000));
    const queries = Array.from({ length: 10 }, (_, index) => queryOf(index, "q", { answers: Array(4).fill(answer) }));
    const { text, places } = documentOf(queries);
    assert.ok(text.length < 2_100_000);
    assert.equal(places.length, 6);
    assert.match(text, /\(The document ends here, at about 2 MB: 4 queries and 17 answers are left out\./);
  });
});

/** All of a text is in its lines, behind the margin, and each of its characters can be found and named. */
function mapsBack(lines: readonly string[], place: TextPlace, text: string): void {
  assert.equal(place.leftOut, 0);
  const shown = lines.slice(place.first, place.last + 1);
  assert.ok(shown.every((line) => line.startsWith("    │ ")));
  assert.equal(shown.map((line) => line.slice(6)).join("\n"), visible(text));
  let offset = 0;
  for (const character of text) {
    const position = positionOf(place, offset);
    assert.equal(offsetOf(place, position), offset);
    if (!/\n|\u0301/.test(character)) {
      assert.ok(lines[position.line]!.startsWith(visible(character), position.character), JSON.stringify(text));
    }
    offset += character.length;
  }
  assert.deepEqual(positionOf(place, text.length), { line: place.last, character: lines[place.last]!.length });
}
