import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResultOf } from "../../../daemon/protocol.ts";
import { Judgements } from "../../../webview/rate/judgements.ts";

type Page = ResultOf<"sparring/round/get">;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const place = (round: number, query: number, answer = 0) => ({ round, query, answer });

/** A page of a round of 6 queries, two a page; a query's answers have its index as reward. */
function page(from: number): Page {
  const query = (index: number): Page["queries"][number] => ({
    index,
    text: "q",
    tokens: [],
    logprobs: [],
    referenceLogprobs: [],
    admitted: true,
    V: 0,
    VQ: 0,
    advantage: 0,
    answers: [
      {
        text: "a",
        tokens: [],
        logprobs: [],
        referenceLogprobs: [],
        stop: "stop",
        reward: index,
        selfReward: 3,
        advantage: 0,
      },
    ],
  });
  return { queries: [query(from), query(from + 1)], next: from + 2 < 6 ? from + 2 : null };
}

describe("judgements", () => {
  test("are read a round at a time, the last wanted first, no further than needed", async () => {
    const asked: [number, number][] = [];
    let changes = 0;
    const judgements = new Judgements(
      async (round, from) => {
        asked.push([round, from]);
        return page(from);
      },
      () => changes++,
    );
    judgements.want([place(1, 0), place(2, 1), place(1, 3)]);
    assert.equal(judgements.missing, 3);
    await settled();
    assert.deepEqual(asked, [
      [1, 0],
      [1, 2],
      [2, 1],
    ]);
    assert.equal(judgements.missing, 0);
    assert.equal(judgements.of(place(1, 3))?.reward, 3);
    assert.equal(changes, 2);
    judgements.want([place(1, 0)]);
    await settled();
    assert.equal(asked.length, 3, "what is known is not read again");
  });

  test("are null where the run has no such answer, and unknown for answers that nobody rated", async () => {
    const judgements = new Judgements(
      async (_, from) => page(from),
      () => {},
    );
    judgements.want([place(1, 1, 4)]);
    await settled();
    assert.equal(judgements.of(place(1, 1, 4)), null);
    assert.equal(judgements.of(place(1, 1)), undefined);
  });

  test("stay missing over a broken line, and are read when they are wanted again", async () => {
    let isBroken = true;
    const judgements = new Judgements(
      async (_, from) => {
        if (isBroken) throw new Error("no line");
        return page(from);
      },
      () => {},
    );
    judgements.want([place(1, 1)]);
    await settled();
    assert.equal(judgements.missing, 1);
    isBroken = false;
    judgements.want([]);
    await settled();
    assert.equal(judgements.missing, 0);
  });
});
