import assert from "node:assert/strict";
import { test } from "node:test";
import { addition } from "../../../daemon/tasks/addition.ts";
import { findTask } from "../../../daemon/tasks/registry.ts";

test("a task family is found by its name", () => {
  assert.equal(findTask("addition"), addition);
});

test("an unknown task family lists those there are", () => {
  assert.throws(() => findTask("adition"), { code: "task/unknown", message: /"adition"/, next: /addition/ });
});
