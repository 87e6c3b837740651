/** The rubric read off probabilities: the formula, and a small random chat model through the real engine. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { OnnxEngine } from "../../../daemon/engine/onnx/onnx-engine.ts";
import { criterionLogits, expectedScore, type YesAndNo } from "../../../daemon/judge/rubric/criterion-logits.ts";
import type { Judgement } from "../../../daemon/judge/scorer.ts";
import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { criteria, criterionPrompt } from "../../../daemon/selfplay/prompts/self-reward.ts";
import { writeChatModel } from "../../engine/chat-model.ts";
import { pairAt } from "./pairs.ts";

const sevenOf = (pair: YesAndNo): YesAndNo[] => criteria.map(() => pair);

describe("the expected score of seven verdicts", () => {
  const logprob = fc.double({ min: -200, max: 0, noNaN: true });
  const seven = fc.array(fc.tuple(logprob, logprob), { minLength: 7, maxLength: 7 });

  test("is the sum of P(Yes) / (P(Yes) + P(No))", () => {
    const [yes, no] = [Math.log(0.3), Math.log(0.1)];
    const {
      value,
      criteria: met,
      probabilities,
      rationale,
    } = expectedScore([[no, yes], ...sevenOf([yes, no]).slice(1)]);
    assert.ok(Math.abs(value! - (0.25 + 6 * 0.75)) < 1e-12);
    assert.deepEqual(met, [0, 1, 1, 1, 1, 1, 1]);
    assert.ok(Math.abs(probabilities![0]! - 0.25) < 1e-12);
    assert.equal(rationale, "P(Yes) of the criteria: 1 0.25, 2 0.75, 3 0.75, 4 0.75, 5 0.75, 6 0.75, 7 0.75");
  });

  test("is in range, knows only differences, and is the rest of 7 where Yes and No change places", () => {
    fc.assert(
      fc.property(seven, fc.double({ min: -50, max: 0, noNaN: true }), (logprobs, shift) => {
        const score = expectedScore(logprobs).value!;
        assert.ok(score >= 0 && score <= 7);
        const moved = expectedScore(logprobs.map(([yes, no]) => [yes + shift, no + shift]));
        assert.ok(Math.abs(moved.value! - score) < 1e-9);
        assert.ok(Math.abs(expectedScore(logprobs.map(([yes, no]) => [no, yes])).value! - (7 - score)) < 1e-9);
      }),
    );
  });

  test("is missing, and not 0, where a log-probability is not finite", () => {
    for (const lost of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const logprobs = sevenOf([-1, -2]).with(2, [-1, lost]);
      assert.deepEqual(expectedScore(logprobs), {
        value: null,
        unscored: "the judge's log-probabilities of Yes and No to criterion 3 are not finite",
      });
    }
  });
});

describe("on the real engine", () => {
  let home = "";
  let tokenizer: ChatTokenizer;
  const engine = new OnnxEngine({ threads: 1 });
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-criterion-logits-"));
    const dir = await writeChatModel(join(home, "model"));
    tokenizer = await ChatTokenizer.load(dir);
    await engine.open({ dir });
  });
  after(async () => {
    await engine.close();
    rmSync(home, { recursive: true });
  });

  const judge = () => criterionLogits({ engine, tokenizer, policy: "reference" });
  let judgements: Judgement[] = [];
  const pairs = [pairAt("Name a fruit.", "Plum."), pairAt("1+1", "")];

  test("each pair's probabilities are those of the words Yes and No behind its criterion", async () => {
    const progress: (readonly [number, number])[] = [];
    const options = { onProgress: (done: number, total: number) => void progress.push([done, total]) };
    judgements = await judge().score(pairs, options);
    assert.ok(progress.length > 0);
    for (const [done, total] of progress) assert.ok(total === 2 && done <= 2, "progress counts pairs");
    assert.equal(new Set(judgements.map(({ value }) => value)).size, 2, "what is judged matters");

    // The same by another way: from the probabilities of the whole replies, measured one at a time.
    const [{ query, answer }, { index, sentence }] = [pairs[1]!, criteria[4]!];
    const prompt = tokenizer.renderPrompt([{ role: "user", content: criterionPrompt(query, answer) }]);
    const said = async (verdict: string): Promise<number> => {
      const sequence = { prompt, response: tokenizer.encode(`${index}. ${sentence} ${verdict}`) };
      const [logprobs] = await engine.logprobs([sequence], { policy: "reference", temperature: 1 });
      return Math.exp(logprobs!.reduce((sum, logprob) => sum + logprob, 0));
    };
    const [yes, no] = [await said("Yes"), await said("No")];
    assert.ok(Math.abs(judgements[1]!.probabilities![4]! / (yes / (yes + no)) - 1) < 1e-3);
  });

  test("a pair without room is unscored, and the others keep their places and their scores", async () => {
    const long = pairAt("Name a fruit.", "plum ".repeat(4000), 1);
    const [unasked, empty] = (await judge().score([long, pairs[1]!])) as [Judgement, Judgement];
    assert.ok(Math.abs(empty.value! - judgements[1]!.value!) < 1e-4);
    assert.ok(unasked.value === null && /leaves no room for a verdict of \d+ in the 4096/.test(unasked.unscored));
    assert.deepEqual(await judge().score([]), []);
  });

  test("can be cancelled", async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(judge().score(pairs, { signal }), { name: "AbortedError" });
  });

  test("a tokenizer without the words says so in place of a score", async () => {
    const renderPrompt: ChatTokenizer["renderPrompt"] = (messages) => tokenizer.renderPrompt(messages);
    const encode = (text: string): number[] => tokenizer.encode(text.replace(/(Yes|No)$/, "?"));
    const [judgement] = await criterionLogits({
      engine,
      tokenizer: { renderPrompt, encode },
      policy: "reference",
    }).score([pairAt("1+1", "2")]);
    assert.deepEqual(judgement, { value: null, unscored: "this model's tokenizer can't tell Yes from No" });
  });
});
