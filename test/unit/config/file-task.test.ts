import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { applyOverrides, parseConfig, resolveConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { minimalGrpo, problemOf, problemsOf } from "./helpers.ts";

/* game.task: file, in configs. */

describe("a game of questions from a file", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "sparring-file-task-"));
    writeFileSync(join(folder, "questions.jsonl"), "");
  });
  after(() => rmSync(folder, { recursive: true }));

  const text = minimalGrpo.replace("task: addition\n", "task: file\n  data: questions.jsonl\n");
  const read = (changed: string, overrides: string[] = []): Config =>
    parseConfig(changed, { file: join(folder, "a.sparring.yaml"), overrides, folder }).config;
  const onlyProblem = (changed: string) => {
    const problems = problemsOf(() => read(changed));
    assert.equal(problems.length, 1, JSON.stringify(problems, null, 2));
    return problems[0]!;
  };

  test("has a path relative to the config, and a number of held-out questions", () => {
    const { game } = read(text);
    assert.deepEqual([game.data, game.held_out], [join(folder, "questions.jsonl"), 100]);
    assert.equal(read(text, ["game.data=./questions.jsonl"]).game.data, game.data);
  });
  test("whose file is not there is an error on its line, of the text only", () => {
    const problem = onlyProblem(text.replace("questions.jsonl", "none.jsonl"));
    assert.deepEqual([problem.code, problem.place], ["config/no-such-file", join(folder, "a.sparring.yaml:5:9")]);
    assert.match(problem.message, /game.data: there is no file .*none.jsonl/);
    const stored = { ...read(text), game: { ...read(text).game, data: join(folder, "gone.jsonl") } };
    assert.equal(resolveConfig(stored).game.data, stored.game.data, "a run whose file is gone can still be read");
  });
  test("names its file", () => {
    const problem = onlyProblem(text.replace("  data: questions.jsonl\n", ""));
    assert.deepEqual([problem.code, problem.place], ["config/missing-key", join(folder, "a.sparring.yaml:4:9")]);
  });
  test("is for grpo: a Challenger's queries have no answers there, and imitation has data of its own", () => {
    for (const name of ["lsp", "lsp-zero"]) {
      const problem = onlyProblem(text.replace("grpo", name));
      assert.equal(problem.code, "config/conflict");
      assert.match(problem.message, /a Challenger writes the queries/);
      assert.match(problem.next, /grpo, or game.task to open/);
    }
    const problem = onlyProblem(`${text.replace("grpo", "sft")}imitation: {data: questions.jsonl}\n`);
    assert.match(problem.message, /sft asks no questions/);
  });
  test("can be given up by a fork, and its settings with it", () => {
    const { config } = applyOverrides(read(text), ["game.task=addition", "algorithm.name=lsp"]);
    assert.deepEqual([config.game.task, config.game.data], ["addition", undefined]);
  });
  test("is what game.data and game.held_out are for, and nothing else", () => {
    for (const key of ["held_out: 5", "data: package.json"]) {
      const problem = problemOf(minimalGrpo.replace("addition\n", `addition\n  ${key}\n`));
      assert.equal(problem.code, "config/unused-key");
      assert.match(problem.next, /game.task to file/);
    }
  });
  test("is graded by the verifier's rule, whoever gives the reward", () => {
    const { judge } = read(`${text}judge: {reward: {kind: rubric}, verifier: {rule: number, tolerance: 0.1}}\n`);
    assert.equal(judge.verifier.tolerance, 0.1);
    const byRubric = `${minimalGrpo}judge: {reward: {kind: rubric}, verifier: {rule: number}}\n`;
    assert.equal(problemOf(byRubric).code, "config/unused-key");
  });
});
