import assert from "node:assert/strict";
import { test } from "node:test";
import { schemaAt } from "../../../daemon/config/json-schema.ts";
import { addition } from "../../../daemon/tasks/addition.ts";
import { fileTask, findTask, knowsAnswers, requireAnswers, taskNames } from "../../../daemon/tasks/registry.ts";

test("a task family is found by its name", () => {
  assert.equal(findTask("addition"), addition);
  for (const name of taskNames.filter((each) => each !== fileTask)) assert.equal(findTask(name).name, name);
  assert.throws(() => findTask(fileTask), { code: "task/unknown" });
});

test("it is known of a name whether there are right answers, before a file is read", () => {
  assert.deepEqual(taskNames.map(knowsAnswers), [true, true, false, true]);
  assert.throws(() => requireAnswers("open"), { code: "task/not-verifiable" });
  requireAnswers(fileTask);
});

test("a config can name every family, and no other", () => {
  assert.deepEqual(schemaAt("game.task")?.enum, taskNames);
});

test("an open family asks for what the settings say", () => {
  const family = findTask("open", { task: "Chess" });
  assert.deepEqual(family.challenge({ task: 0, template: 0 }), { task: "Chess", template: "{input}" });
});

test("an unknown task family lists those there are", () => {
  assert.throws(() => findTask("adition"), {
    code: "task/unknown",
    message: /"adition"/,
    next: /addition, word-sums, open/,
  });
  assert.throws(() => findTask("constructor"), { code: "task/unknown" });
});
