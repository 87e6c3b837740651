import assert from "node:assert/strict";
import { test } from "node:test";
import { openFamily } from "../../../daemon/tasks/open.ts";
import { requireVerifiable } from "../../../daemon/tasks/task.ts";

const half = { task: 0.5, template: 0.5 };

test("an open game takes any text, without the white space around it", () => {
  const open = openFamily({});
  assert.deepEqual(open.parse("\n Why is the sky blue? "), { ok: true, query: "Why is the sky blue?" });
  assert.deepEqual(open.parse(" \n"), { ok: false, reason: "it is empty" });
  assert.deepEqual(open.solverPrompt("Why?"), [{ role: "user", content: "Why?" }]);
});

test("its Challenger is asked for a task and a template, each left out, one, or one of a list", () => {
  assert.deepEqual(openFamily({}).challenge(half), { template: "{input}" });
  assert.deepEqual(openFamily({ task: "Algebra", template: "Prove {p}." }).challenge(half), {
    task: "Algebra",
    template: "Prove {p}.",
  });
  const lists = openFamily({ task: ["a", "b"], template: ["{x}", "{y}", "{z}"] });
  assert.deepEqual(lists.challenge({ task: 0, template: 0.34 }), { task: "a", template: "{y}" });
  assert.deepEqual(lists.challenge({ task: 1 - 2 ** -53, template: 0 }), { task: "b", template: "{x}" });
});

test("what needs right answers says that there are none", () => {
  assert.throws(() => requireVerifiable(openFamily({})), {
    code: "task/not-verifiable",
    message: /"open"/,
    next: /chat/,
  });
});
