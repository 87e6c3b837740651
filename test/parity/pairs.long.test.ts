/**
 * A judge of pairs that is read, on a real chat model, SmolLM2-135M-Instruct: does it prefer answers whose order nobody doubts, and how
 * often do its two looks agree? The numbers are told, not demanded: what is tested is that every duel has an outcome.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { judgeInBothOrders, placed } from "../../daemon/judge/pairwise/both-orders.ts";
import { compareByLogits } from "../../daemon/judge/pairwise/by-logits.ts";
import { type Duel, tallyOf } from "../../daemon/judge/pairwise/duels.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { rankedAnswers, rankedPairs } from "../unit/judge/rated-pairs.ts";
import { missing, modelFolder } from "./reference.ts";

const kinds = ["right", "wrong", "gibberish"] as const;

describe("SmolLM2-135M-Instruct compares pairs", { skip: missing("smollm2") }, () => {
  const engine = new OnnxEngine({ threads: 2 });
  const pairs = rankedPairs();
  let tokenizer: ChatTokenizer;
  before(async () => {
    const dir = modelFolder("smollm2");
    tokenizer = await ChatTokenizer.load(dir);
    await engine.open({ dir });
  });
  after(() => engine.close());

  for (const [better, worse] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    test(`${kinds[better]} against ${kinds[worse]}`, async (context) => {
      const duels = rankedAnswers.map((_, i): Duel => {
        const [ours, theirs] = [pairs[3 * i + better]!, pairs[3 * i + worse]!];
        return { query: ours.query, ours, theirs };
      });
      const comparer = compareByLogits("reference-logits", { engine, tokenizer, policy: "reference" });
      const outcomes = await judgeInBothOrders(comparer, placed(duels, {}), {});
      for (const [i, { said }] of outcomes.entries())
        context.diagnostic(`${duels[i]!.query}: ${said!.join("; swapped, ")}`);
      const tally = tallyOf(outcomes);
      context.diagnostic(JSON.stringify(tally));
      assert.equal(tally.unscored, 0);
      assert.equal(tally.wins + tally.ties + tally.losses, duels.length);
    });
  }
});
