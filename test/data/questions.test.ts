import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { lettered } from "../../daemon/data/choices.ts";
import { expectedOf, readQuestions, subjectOf } from "../../daemon/data/questions.ts";
import { AbortedError } from "../../daemon/errors.ts";
import { maxOperand } from "../../daemon/tasks/sums.ts";
import { allRecords, dataFile, found, jsonLines, opened } from "./files.ts";

const plain = (i: number) => ({ question: `Question ${i}?`, answer: i });
const ten = Array.from({ length: 10 }, (_, i) => plain(i));

describe("questions and answers", () => {
  test("are data like others: a number is an answer, too", async (t) => {
    const dataset = await opened(t, jsonLines({ question: "2+2?", answer: 4 }, { question: "q", answer: "a" }));
    assert.equal(dataset.kind, "question/answer");
    assert.deepEqual(
      (await allRecords(dataset)).map(({ prompt, chosen }) => [prompt[0]!.content, chosen]),
      [
        ["2+2?", "4"],
        ["q", "a"],
      ],
    );
  });
  test("with choices have a letter for an answer", async (t) => {
    const choices = ["Seoul", "Tokyo"];
    const dataset = await opened(t, jsonLines({ question: "Japan?", choices, answer: "B", subject: "capitals" }));
    assert.deepEqual(await allRecords(dataset), [
      { prompt: [{ role: "user", content: "Japan?\n(A) Seoul\n(B) Tokyo" }], chosen: "B", line: 1 },
    ]);
    assert.deepEqual(found(dataset.tolerated), ["unused-field: 1"]);
  });
  test("whose choices or answer can't be used are counted", async (t) => {
    const of = (choices: unknown, answer: unknown) => ({ question: "q", choices, answer });
    const two = ["yes", "no"];
    const records = [
      of(two, "A"),
      of("yes no", "A"),
      of(["yes"], "A"),
      of(["yes", "yes"], "A"),
      of(two, "C"),
      of(two, 2),
    ];
    const dataset = await opened(t, jsonLines(...records, of(two, -1), of(two, true), of(two, null)));
    assert.equal(dataset.count, 1);
    assert.deepEqual(found(dataset.skipped), [
      "wrong-choices: 2 3 4",
      "unknown-choice: 5 6 7",
      "wrong-type: 8",
      "missing-field: 9",
    ]);
  });
  test("name the right choice by its letter, its place from 0, or itself", () => {
    const letterOf = (choices: string[], answer: string | number) => {
      const result = lettered("q", choices, answer);
      return "skip" in result ? result.skip : result.letter;
    };
    const four = ["3", "4", "5", "B"];
    assert.deepEqual(
      ["C", " C ", 3, "5", "B", 0.5, "c"].map((answer) => letterOf(four, answer)),
      ["C", "C", "D", "C", "B", "unknown-choice", "unknown-choice"],
    );
    assert.equal(letterOf(["Z", "Y"], "Z"), "A", "a letter beyond the choices is a choice's text");
  });
});

describe("a file of questions", () => {
  const read = (t: Parameters<typeof dataFile>[0], ...records: object[]) =>
    readQuestions(dataFile(t, jsonLines(...records)));

  test("is read whole, from any shape of data", async (t) => {
    const chat = {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "q" },
      ],
    };
    const answered = (i: number) => [...chat.messages.slice(0, 1), { role: "user", content: `q${i}` }];
    const records = ten.map((_, i) => ({ messages: [...answered(i), { role: "assistant", content: `${i}` }] }));
    const { kind, questions, skipped } = await read(t, ...records);
    assert.equal(kind, "messages");
    assert.equal(questions.length, 10);
    assert.deepEqual(questions[3], { query: "q3", system: ["Be brief."], expected: "3" });
    assert.deepEqual(skipped, []);
  });
  test("has each question once, and no conversations", async (t) => {
    const turns = ["user", "assistant", "user"].map((role) => ({ role, content: role }));
    const prompts = [...ten.map(({ question, answer }) => ({ prompt: question, completion: String(answer) }))];
    const { questions, skipped } = await read(
      t,
      ...prompts,
      { prompt: "Question 3?", completion: "another" },
      { prompt: turns, completion: "a" },
      { prompt: "Question 3?", completion: "3" },
    );
    assert.equal(questions.length, 10);
    assert.equal(questions[3]!.expected, "3");
    assert.deepEqual(found(skipped as Parameters<typeof found>[0]), [
      "duplicate: 13",
      "asked-before: 11",
      "not-one-turn: 12",
    ]);
  });
  test("with too few is an error that says what was left out", async (t) => {
    await assert.rejects(read(t, ...ten.slice(1), { question: " ", answer: "x" }), {
      code: "data/too-few-questions",
      message: /9 questions .* at least 10 .*1 × its prompt is empty \(line 10\)/,
    });
  });
  test("leaves out what the caller can't use, and can be cancelled", async (t) => {
    const file = dataFile(t, jsonLines(...ten, { question: "odd", answer: "x" }));
    const { questions, subjects, skipped } = await readQuestions(file, {
      flawOf: ({ expected }) => (expected === "x" ? "ungradable" : undefined),
    });
    assert.equal(questions.length, 10);
    assert.deepEqual([subjects.size, subjects.get("Question 3?"), subjects.get("odd")], [11, "question 3?", "odd"]);
    assert.match(skipped[0]!.sentence, /would not pass judge.verifier.rule/);
    await assert.rejects(readQuestions(file, { signal: AbortSignal.abort() }), AbortedError);
  });
  test("are of one subject where only white space, case or wrong choices differ", () => {
    const plain = (query: string) => subjectOf({ query, expected: "x" });
    assert.equal(plain("What is\u00a0the capital\n of Japan? "), plain("what is the Capital of japan?"));
    assert.notEqual(plain("1 2"), plain("12"));
    const chosen = (choices: string[], answer: string, about = "Japan?") => {
      const { question, letter } = lettered(about, choices, answer) as { question: string; letter: string };
      return subjectOf({ query: question, expected: letter });
    };
    const japan = chosen(["Seoul", "Tokyo", "Osaka"], "Tokyo");
    assert.equal(chosen(["TOKYO", "Kyoto"], "TOKYO"), japan);
    assert.equal(chosen(["Kyoto", "Seoul\n(or not)", "Tokyo"], "C"), japan);
    assert.notEqual(chosen(["Seoul", "Tokyo", "Osaka"], "Osaka"), japan, "another right answer is another question");
    assert.notEqual(chosen(["Seoul", "Tokyo"], "Tokyo", "Edo?"), japan);
    assert.notEqual(
      plain("Japan?\n(A) Seoul\n(B) Tokyo"),
      plain("Japan?\n(A) Tokyo\n(B) Kyoto"),
      "no letter, no choice",
    );
  });
  test("may have no more than memory has room for", async (t) => {
    const file = dataFile(t, jsonLines(...ten));
    await assert.rejects(readQuestions(file, { mostBytes: 5000 }), {
      code: "data/too-large",
      place: `${file}:9`,
      next: /a part of the file/,
    });
    assert.equal((await readQuestions(file, { mostBytes: 6000 })).questions.length, 10);
  });
  test("is compared by what follows #### in the last line", () => {
    assert.equal(expectedOf("Half of 84.\nSo 42.\n#### 42\n"), "42");
    assert.equal(expectedOf("#### 1,234"), "1,234");
    assert.equal(expectedOf("#### A heading\nand a text"), "#### A heading\nand a text");
    assert.equal(expectedOf(" 42 "), "42");
    assert.equal(expectedOf("####"), "####");
  });
});

describe("the examples' questions", () => {
  test("for the built-in model are right sums", async () => {
    const { questions, skipped } = await readQuestions("examples/questions.jsonl");
    assert.deepEqual([questions.length, skipped.length], [400, 0]);
    const sums = new Set<string>();
    for (const { query, expected } of questions) {
      const [a, b] = /^(\d\d)\+(\d\d)=$/.exec(query)!.slice(1).map(Number) as [number, number];
      assert.ok(a <= maxOperand && b <= maxOperand);
      assert.equal(expected, String(a + b));
      sums.add(String([a, b].sort()));
    }
    assert.equal(sums.size, 400, "who has seen 38+47 has seen 47+38");
  });
  test("of multiple choice have right letters everywhere among the choices", async () => {
    const { questions, skipped } = await readQuestions("examples/multiple-choice.jsonl");
    assert.deepEqual([questions.length, skipped.length], [50, 0]);
    const letters = questions.map(({ expected }) => expected).join("");
    for (const letter of "ABCD") assert.ok(letters.split(letter).length - 1 >= 10, letter);
    assert.ok(readFileSync("examples/multiple-choice.jsonl", "utf8").length < 20_000);
  });
});
