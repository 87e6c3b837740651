import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DataKind } from "../../daemon/data/record.ts";
import { allRecords, found, jsonLines, opened } from "./files.ts";

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content });
const system = { role: "system", content: "Be brief." };

interface Case {
  readonly name: string;
  readonly kind: DataKind;
  readonly record: object;
  readonly expected: object;
}

const pairOfTexts = { prompt: [user("q")], chosen: "good", rejected: "bad" };

const cases: readonly Case[] = [
  {
    name: "preferences as text",
    kind: "prompt/chosen/rejected",
    record: { prompt: "q", chosen: "good", rejected: "bad" },
    expected: pairOfTexts,
  },
  {
    name: "preferences as messages, the prompt apart",
    kind: "prompt/chosen/rejected",
    record: { prompt: [system, user("q")], chosen: [assistant("good")], rejected: [assistant("bad")] },
    expected: { ...pairOfTexts, prompt: [system, user("q")] },
  },
  {
    name: "preferences as messages, the prompt implied",
    kind: "prompt/chosen/rejected",
    record: { chosen: [user("q"), assistant("good")], rejected: [user("q"), assistant("bad")] },
    expected: pairOfTexts,
  },
  {
    name: "preferences as messages, the prompt said twice (UltraFeedback)",
    kind: "prompt/chosen/rejected",
    record: {
      prompt: "q",
      chosen: [user("q"), assistant("good")],
      rejected: [user("q"), assistant("bad")],
      messages: [user("q"), assistant("good")],
    },
    expected: pairOfTexts,
  },
  {
    name: "SPIN's",
    kind: "real/generated",
    record: { real: [user("q"), assistant("good")], generated: [user("q"), assistant("bad")] },
    expected: pairOfTexts,
  },
  {
    name: "SPIN's before its first iteration",
    kind: "real/generated",
    record: { real: [user("q"), assistant("good")], generated: [user("q"), assistant("")] },
    expected: { prompt: [user("q")], chosen: "good" },
  },
  {
    name: "a conversation of several turns",
    kind: "messages",
    record: { messages: [user("a"), assistant("b"), user("c"), assistant(" d\n")] },
    expected: { prompt: [user("a"), assistant("b"), user("c")], chosen: " d\n" },
  },
  {
    name: "Alpaca's with input",
    kind: "instruction/input/output",
    record: { instruction: "Translate.", input: "Haus", output: "house" },
    expected: { prompt: [user("Translate.\n\nHaus")], chosen: "house" },
  },
  {
    name: "Alpaca's without input",
    kind: "instruction/input/output",
    record: { instruction: "Sing.", input: "", output: "la" },
    expected: { prompt: [user("Sing.")], chosen: "la" },
  },
  {
    name: "prompts and completions",
    kind: "prompt/completion",
    record: { prompt: [user("q")], completion: [assistant("good")] },
    expected: { prompt: [user("q")], chosen: "good" },
  },
];

describe("the shapes of data", () => {
  for (const { name, kind, record, expected } of cases) {
    test(name, async (t) => {
      const dataset = await opened(t, jsonLines(record));
      assert.equal(dataset.kind, kind);
      assert.deepEqual(await allRecords(dataset), [{ ...expected, line: 1 }]);
      assert.equal(dataset.hasRejected, "rejected" in expected);
      assert.deepEqual(dataset.skipped, []);
    });
    test(`${name}, in a JSON array`, async (t) => {
      const dataset = await opened(t, JSON.stringify([record], null, 2));
      assert.equal(dataset.kind, kind);
      assert.deepEqual(await allRecords(dataset), [{ ...expected, line: 2 }]);
    });
  }

  test("tell fields that are not used", async (t) => {
    const dataset = await opened(
      t,
      jsonLines({ id: 1, prompt: "a", completion: "b" }, { prompt: "c", completion: "d" }),
    );
    assert.deepEqual(dataset.tolerated, [
      { reason: "unused-field", sentence: 'the field "id" is not used', count: 1, lines: [1] },
    ]);
  });
  test("tell fields of messages that are not used", async (t) => {
    const messages = [user("a"), { ...assistant("b"), tool_calls: [] }, { ...assistant("c"), tool_calls: [] }];
    const { tolerated } = await opened(t, jsonLines({ messages }));
    assert.deepEqual(
      tolerated.map(({ sentence, count }) => [sentence, count]),
      [['the field "messages[].tool_calls" is not used', 1]],
    );
  });
  test("tell the names of twenty such fields, and count the others", async (t) => {
    const records = Array.from({ length: 30 }, (_, i) => ({ prompt: `${i}`, completion: "x", [`field${i}`]: 0 }));
    const { tolerated } = await opened(t, jsonLines(...records));
    assert.equal(tolerated.length, 21);
    assert.deepEqual(found(tolerated).at(-1), "unused-fields: 21 22 23 24 25 of 10");
  });
  test("say whether some or all records have a rejected answer", async (t) => {
    const [empty, full] = ["", "bad"].map((bad, i) => ({
      real: [user(`q${i}`), assistant("good")],
      generated: [user(`q${i}`), assistant(bad)],
    }));
    const { hasRejected, rejectedCount, count } = await opened(t, jsonLines(empty, full));
    assert.deepEqual([hasRejected, rejectedCount, count], [false, 1, 2]);
  });
  test("are one in a file: another kind is an error with its line", async (t) => {
    await assert.rejects(opened(t, jsonLines({ prompt: "a", completion: "b" }, { messages: [] })), (error: Error) => {
      assert.match(error.message, /of the kind messages .* began with prompt\/completion/);
      assert.match(String((error as Error & { place: string }).place), /data\.jsonl:2$/);
      return true;
    });
  });
});

describe("records that contradict themselves are skipped", () => {
  const good = { prompt: "a", chosen: "b", rejected: "c" };
  const bad: readonly [reason: string, record: object][] = [
    ["other-prompt", { prompt: "x", chosen: [user("y"), assistant("b")], rejected: "c" }],
    ["other-prompt", { chosen: [user("y"), assistant("b")], rejected: [user("z"), assistant("c")] }],
    ["other-prompt", { prompt: [user("y")], chosen: [system, user("y"), assistant("b")], rejected: "c" }],
    ["no-answer", { prompt: "x", chosen: [assistant("b"), user("y")], rejected: "c" }],
    ["no-answer", { prompt: "x", chosen: "b", rejected: [] }],
    ["missing-field", { chosen: "b", rejected: "c" }],
    ["missing-field", { prompt: "x", chosen: "b", rejected: null }],
    ["same-answers", { prompt: "x", chosen: "b", rejected: [assistant("b")] }],
    ["empty-prompt", { prompt: " ", chosen: "b", rejected: "c" }],
    ["empty-prompt", { prompt: [], chosen: "b", rejected: "c" }],
    ["empty-answer", { prompt: "x", chosen: "b", rejected: "\n" }],
    ["wrong-type", { prompt: "x", chosen: 1, rejected: "c" }],
    ["wrong-type", { prompt: "x", chosen: [{ role: "tool", content: "b" }], rejected: "c" }],
    ["wrong-type", { prompt: [{ role: "user", content: [{ type: "text", text: "x" }] }], chosen: "b", rejected: "c" }],
    ["not-unicode", { prompt: "\ud800", chosen: "b", rejected: "c" }],
  ];
  for (const [reason, record] of bad) {
    test(`${reason}: ${JSON.stringify(record)}`, async (t) => {
      const { count, skipped } = await opened(t, jsonLines(good, record));
      assert.equal(count, 1);
      assert.deepEqual(found(skipped), [`${reason}: 2`]);
    });
  }
});
