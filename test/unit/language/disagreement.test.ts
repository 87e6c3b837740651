import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { disagreement } from "../../../daemon/language/rounds/disagreement.ts";
import { answerRemarks } from "../../../webview/rounds/queries/remarks.ts";
import { answerOf, queryOf } from "../documents/records.ts";

const reward = fc.constantFrom(0, 1, 0.25, 0.5, null);
const selfReward = fc.option(fc.integer({ min: 0, max: 14 }).map((halves) => halves / 2));

describe("a judge that contradicts the verifier", () => {
  test("is found in a round's document where the rounds panel finds it", () => {
    const answer = fc.record({ reward, selfReward }).map((scores) => answerOf("a", scores));
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 6 }), (answers) => {
        const query = queryOf(0, "q", { answers });
        for (const each of answers) {
          const inPanel = answerRemarks(each, query, true).some(({ kind }) => kind === "judge");
          assert.equal(disagreement(each, answers) !== undefined, inPanel);
        }
      }),
    );
  });

  test("is held against the right answer with the least self-reward", () => {
    const wrong = { reward: 0, selfReward: 4 };
    const right = [2, 3, 6].map((points) => ({ reward: 1, selfReward: points }));
    assert.deepEqual(disagreement(wrong, [wrong, ...right]), { rival: 2 });
    assert.equal(disagreement({ reward: 0, selfReward: 1 }, right), undefined);
    assert.deepEqual(disagreement({ reward: 0, selfReward: 7 }, []), { rival: undefined });
    assert.equal(disagreement({ reward: 0, selfReward: 6.5 }, []), undefined);
    assert.equal(disagreement({ reward: 1, selfReward: 0 }, right), undefined);
  });
});
