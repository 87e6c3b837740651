import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { requests } from "../../../daemon/protocol.ts";
import { longestQuestion } from "../../../daemon/runs/drafts/memory/longest-question.ts";
import { evaluateWeights } from "../../../daemon/runs/interactive/evaluating.ts";
import { taskInWords } from "../../../daemon/runs/interactive/evaluation-errors.ts";
import type { Lender, Loan } from "../../../daemon/runs/interactive/lender.ts";
import { type AskedModel, type OpenedTask, openTask } from "../../../daemon/runs/task.ts";
import { requireVerifiable, type VerifiableFamily } from "../../../daemon/tasks/task.ts";

const text = `
model: { path: "builtin:nano" }
game: { task: file, data: questions.jsonl, held_out: 3 }
algorithm: { name: grpo }
solver: { max_tokens: 5 }
`;
const sums = Array.from({ length: 30 }, (_, i) => ({ question: `${i}+50=`, answer: i + 50 }));

describe("a task from a file", () => {
  let folder = "";
  let nano: AskedModel;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "sparring-task-"));
    const { dir } = await resolveModel("builtin:nano", folder);
    nano = { dir, tokenizer: await ChatTokenizer.load(dir) };
    write(sums);
  });
  after(() => rmSync(folder, { recursive: true }));

  const path = () => join(folder, "questions.jsonl");
  const write = (records: readonly object[]): void =>
    writeFileSync(path(), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const configOf = (...overrides: string[]): Config =>
    parseConfig(text, { file: join(folder, "a.sparring.yaml"), overrides }).config;
  const open = (...overrides: string[]): Promise<OpenedTask> => openTask(configOf(...overrides), nano);
  const familyOf = async (...overrides: string[]): Promise<VerifiableFamily> =>
    requireVerifiable((await open(...overrides)).family);

  test("is a family with its facts", async () => {
    const { family, data } = await open();
    assert.equal(family.name, "file");
    const { source, kind, records, heldOut, skipped } = data!.facts;
    assert.deepEqual([source, kind, records, heldOut, skipped], [path(), "question/answer", 30, 3, []]);
    assert.equal(data!.summary, `Asks 27 questions of ${path()}; 3 more are only measured.`);
    const built = await openTask(
      parseConfig(text.replace(/task: file.*\}/, "task: addition }"), { file: "a" }).config,
      nano,
    );
    assert.deepEqual([built.family.name, built.data], ["addition", undefined]);
  });
  test("grades as the verifier's rule does", async () => {
    const query = "7+50=";
    const graded = async (answer: string, ...overrides: string[]) =>
      (await familyOf(...overrides)).verify(query, answer);
    assert.equal(await graded("57.2"), 0);
    assert.equal(await graded("57.2", "judge.verifier.rule=number", "judge.verifier.tolerance=0.5"), 1);
    assert.equal(await graded("57", "judge.verifier.rule=regex", "judge.verifier.pattern=x"), 1, "by the text");
  });
  test("leaves out what can't be graded or asked, says so, and is otherwise the same", async () => {
    write([...sums, { question: "1+1=", answer: "two" }, { question: "1".repeat(300), answer: "1" }]);
    const { data, family } = await open("judge.verifier.rule=number");
    write(sums);
    assert.deepEqual(data!.warnings, [
      "1 record is left out, because its answer would not pass judge.verifier.rule itself (line 31).",
      "1 record is left out, because with an answer of solver.max_tokens its prompt is longer than the model takes (line 32).",
    ]);
    assert.equal(data!.facts.records, 30);
    assert.equal(requireVerifiable(family).heldOut().length, 3);
  });
  test("holds out the same questions whatever rule and room leave out of them", async () => {
    const [first, ...rest] = (await familyOf()).heldOut();
    const inWords = (queries: readonly string[]): void =>
      write(sums.map((sum) => (queries.includes(sum.question) ? { ...sum, answer: "a word" } : sum)));
    try {
      inWords([first!]);
      assert.deepEqual((await familyOf("judge.verifier.rule=number")).heldOut(), rest);
      inWords([first!, ...rest]);
      await assert.rejects(open("judge.verifier.rule=number"), {
        code: "data/none-held-out",
        next: /Raise game.held_out/,
      });
    } finally {
      write(sums);
    }
  });
  test("has forms of one question in one part, and something in either", async () => {
    const forms = (question: string) => [question, `${question} `].map((form) => ({ question: form, answer: "57" }));
    try {
      write(sums.flatMap(({ question }) => forms(question)));
      const family = await familyOf("game.held_out=3");
      assert.equal(family.heldOut().length, 4, "both forms of the second");
      const heldOut = new Set(family.heldOut().map((query) => query.trim()));
      assert.equal(heldOut.size, 2);
      for (let i = 0; i < 60; i++) assert.ok(!heldOut.has(family.draw(i / 60).trim()));
      write(Array.from({ length: 12 }, (_, i) => ({ question: `7+50=${" ".repeat(i)}`, answer: "57" })));
      await assert.rejects(open(), { code: "data/all-held-out", next: /differ only in white space/ });
    } finally {
      write(sums);
    }
  });
  test("has to be the file that the run began with", async () => {
    const known = (await open()).data!.facts;
    await openTask(configOf(), nano, { known });
    write([...sums, { question: "1+1=", answer: 2 }]);
    await assert.rejects(openTask(configOf(), nano, { known }), { code: "data/other-data", place: path() });
    const config = configOf();
    rmSync(path());
    await assert.rejects(openTask(config, nano, { known }), { code: "run/no-questions", next: /Put it back/ });
    await assert.rejects(openTask(config, nano), { code: "data/not-found", next: /Correct the path/ });
    write(sums);
  });
  test("has a longest question, for the estimate", async () => {
    assert.equal(
      await longestQuestion(path(), nano.tokenizer, 1000),
      nano.tokenizer.renderPrompt([{ role: "user", content: "10+50=" }]).length,
    );
    assert.equal(await longestQuestion(path(), nano.tokenizer, 2), 2);
    await assert.rejects(longestQuestion(join(folder, "none"), nano.tokenizer, 2), { code: "data/not-found" });
  });

  describe("in an evaluation against another run", () => {
    async function evaluate(ours: VerifiableFamily, theirs: VerifiableFamily) {
      const asked: string[][] = [];
      const lend: Lender["lend"] = (run, _weights, _signal, work) => {
        const engine = {
          sample: async (prompts: unknown[]) => prompts.map(() => ({ tokens: [], logprobs: [], stop: "stop" })),
        };
        const task = run === "ours" ? ours : theirs;
        const renderPrompt = (messages: { content: string }[]) => asked.push([run, messages[0]!.content]);
        const tokenizer = { renderPrompt, decode: () => "57", stopTokens: [] };
        const player = { engine, game: { task, tokenizer, config: configOf() }, policy: "current" };
        return work({ player, words: run, turn: (piece: () => unknown) => piece() } as unknown as Loan);
      };
      const params = requests["sparring/checkpoint/evaluate"].params.parse({
        run: "ours",
        against: { run: "theirs", weights: "current" },
        judge: "verifier",
      });
      const examiners = { lender: { lend, lendFrozen: lend } as Lender, taskOf: async () => "file" };
      const errand = { signal: new AbortController().signal, onProgress: () => {} };
      await evaluateWeights(examiners, params, errand);
      return asked;
    }

    test("both answer the questions of the first", async () => {
      const asked = await evaluate(await familyOf("game.held_out=2"), await familyOf("game.held_out=3"));
      const of = (run: string) => new Set(asked.filter(([who]) => who === run).map(([, question]) => question));
      assert.deepEqual(of("theirs"), of("ours"));
      assert.equal(of("ours").size, 2);
    });
    test("unless the second may have been trained on them", async () => {
      const [two, three] = [await familyOf("game.held_out=2"), await familyOf("game.held_out=3")];
      await assert.rejects(evaluate(three, two), { code: "run/different-tasks", message: /trained on/ });
    });
    test("and files are told apart", () => {
      assert.equal(taskInWords(configOf().game), `the questions of ${path()}`);
      assert.equal(taskInWords({ ...configOf().game, task: "addition", data: undefined }), "addition");
    });
  });
});
