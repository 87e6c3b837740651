import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { type Refreshed, Refresher } from "../../../webview/rate/agreement/refresher.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A question whose answers a test gives, under a clock that it turns. */
function asked() {
  mock.timers.enable({ apis: ["Date", "setTimeout"] });
  const questions: { answer: (value: string) => void; fail: (error: Error) => void; signal: AbortSignal }[] = [];
  const told: Refreshed<string>[] = [];
  const refresher = new Refresher<string>(
    (signal) => new Promise((answer, fail) => questions.push({ answer, fail, signal })),
    (state) => told.push(state),
    4000,
  );
  return { questions, told, refresher, [Symbol.dispose]: () => mock.timers.reset() };
}

describe("a refresher", () => {
  test("asks at once, and then at most once an interval however often something changes", async () => {
    using world = asked();
    const { questions, told, refresher } = world;
    refresher.refresh();
    assert.equal(questions.length, 1);
    questions[0]!.answer("one");
    await settled();
    assert.deepEqual(told.at(-1), { value: "one", isAsking: false, error: undefined });
    for (let i = 0; i < 5; i++) refresher.refresh();
    mock.timers.tick(3999);
    assert.equal(questions.length, 1);
    mock.timers.tick(1);
    assert.equal(questions.length, 2);
    assert.deepEqual(told.at(-1), { value: "one", isAsking: true, error: undefined }, "the former answer stands");
    questions[1]!.answer("two");
    await settled();
    mock.timers.tick(60_000);
    assert.equal(questions.length, 2, "nothing changed since");
    refresher.refresh();
    assert.equal(questions.length, 3, "after a pause there is no wait");
  });

  test("never asks two questions at once, and asks again what changed meanwhile", async () => {
    using world = asked();
    const { questions, refresher } = world;
    refresher.refresh();
    mock.timers.tick(10_000);
    refresher.refresh();
    assert.equal(questions.length, 1);
    questions[0]!.answer("stale");
    await settled();
    assert.equal(questions.length, 2);
  });

  test("keeps the last answer when a question fails, and tells why", async () => {
    using world = asked();
    const { questions, told, refresher } = world;
    refresher.refresh();
    questions[0]!.answer("one");
    await settled();
    refresher.refresh();
    mock.timers.tick(4000);
    const error = new Error("away");
    questions[1]!.fail(error);
    await settled();
    assert.deepEqual(told.at(-1), { value: "one", isAsking: false, error });
    refresher.refresh();
    mock.timers.tick(4000);
    questions[2]!.answer("two");
    await settled();
    assert.deepEqual(told.at(-1), { value: "two", isAsking: false, error: undefined });
  });

  test("cancels what is under way when it is closed, and is silent from then on", async () => {
    using world = asked();
    const { questions, told, refresher } = world;
    refresher.refresh();
    refresher.refresh();
    refresher.close();
    assert.equal(questions[0]!.signal.aborted, true);
    const before = told.length;
    questions[0]!.answer("late");
    await settled();
    refresher.refresh();
    mock.timers.tick(60_000);
    assert.equal(told.length, before);
    assert.equal(questions.length, 1);
  });
});
