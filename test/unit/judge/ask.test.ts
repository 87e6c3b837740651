/** A model as judge, on an engine whose replies are made up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SampleOptions, SampleRequest } from "../../../daemon/engine/engine.ts";
import { askOn, type Judge } from "../../../daemon/judge/rubric/ask.ts";
import { rubricReward, selfReward } from "../../../daemon/judge/rubric/self-reward.ts";
import type { Pair } from "../../../daemon/judge/scorer.ts";

interface Call {
  readonly requests: readonly SampleRequest[];
  readonly options: SampleOptions;
}

/** Texts are their character codes; the reply to a pair is looked up by its answer. */
function judge(replies: Readonly<Record<string, string>>, maxSequence = 10_000): { judge: Judge; calls: Call[] } {
  const calls: Call[] = [];
  const text = (tokens: ArrayLike<number>): string => String.fromCharCode(...Array.from(tokens));
  const codes = (of: string): number[] => Array.from(of, (char) => char.charCodeAt(0));
  const engine = {
    capabilities: { maxSequence },
    sample: async (requests: readonly SampleRequest[], options: SampleOptions) => {
      calls.push({ requests, options });
      return requests.map(({ prompt }) => {
        const answer = /<Response>\n([\s\S]*?)\n<\/Response>/.exec(text(prompt))![1]!;
        const tokens = Int32Array.from(codes(replies[answer]!));
        return {
          tokens,
          logprobs: new Float32Array(tokens.length),
          stop: answer === "cut" ? "length" : "stop",
        } as const;
      });
    },
  } as unknown as Judge["engine"];
  const tokenizer: Judge["tokenizer"] = {
    stopTokens: [0],
    renderPrompt: ([message]) => codes(message!.content),
    decode: text,
  };
  return { judge: { engine, tokenizer, policy: "reference", temperature: 0.3, maxTokens: 77 }, calls };
}

const pair = (answer: string, place = 0): Pair => {
  const key = { seed: 5, round: 3, role: "solver", query: place, answer: place + 1 } as const;
  return { query: "Name a fruit.", answer, stop: "stop", duplicate: false, key };
};

describe("a model as judge", () => {
  test("is asked all at once, with the noise of each answer's place in the role of the judge", async () => {
    const { judge: on, calls } = judge({ plum: "<Score>6</Score>", car: "<Score>1</Score>" });
    const judgements = await selfReward(askOn(on)).score([pair("plum", 0), pair("car", 4)]);
    assert.deepEqual(
      judgements.map(({ value }) => value),
      [6, 1],
    );
    assert.equal(calls.length, 1);
    assert.deepEqual(
      calls[0]!.requests.map(({ key }) => key),
      [
        { seed: 5, round: 3, role: "judge", query: 0, answer: 1 },
        { seed: 5, round: 3, role: "judge", query: 4, answer: 5 },
      ],
    );
    const { policy, temperature, maxTokens, stopTokens } = calls[0]!.options;
    assert.deepEqual([policy, temperature, maxTokens, stopTokens], ["reference", 0.3, 77, [0]]);
  });

  test("tells its progress and can be cancelled: the engine gets both", async () => {
    const { judge: on, calls } = judge({ plum: "<Score>6</Score>" });
    const options = { signal: new AbortController().signal, onProgress: () => {} };
    await selfReward(askOn(on)).score([pair("plum")], options);
    assert.equal(calls[0]!.options.signal, options.signal);
    assert.equal(calls[0]!.options.onProgress, options.onProgress);
  });

  test("is not asked what leaves no room for a reply, and the others keep their places", async () => {
    const long = "x".repeat(2000);
    const { judge: on, calls } = judge({ plum: "<Score>6</Score>", fig: "<Score>5</Score>" }, 2500);
    const judgements = await selfReward(askOn(on)).score([pair("plum"), pair(long), pair("fig")]);
    assert.deepEqual(
      judgements.map(({ value }) => value),
      [6, null, 5],
    );
    assert.equal(calls[0]!.requests.length, 2);
    const [, unscored] = judgements;
    assert.ok(unscored!.value === null && /leaves no room for a reply of 77 in the 2500/.test(unscored!.unscored));
  });
});

describe("the rubric as reward", () => {
  test("is a seventh of the score, with criteria and justification", async () => {
    const reply = "Fine.<Calculation>1+1+1+1+1+1+0=6</Calculation><Score>6</Score>";
    const { judge: on } = judge({ plum: reply });
    const scorer = rubricReward(selfReward(askOn(on)));
    assert.deepEqual(await scorer.score([pair("plum")]), [
      { value: 6 / 7, criteria: [1, 1, 1, 1, 1, 1, 0], rationale: "Fine." },
    ]);
    assert.deepEqual(scorer.range, [0, 1]);
  });

  test("is unscored and never 0 where the judge gives no verdict, with what it said instead", async () => {
    const { judge: on } = judge({ plum: " Nice plum. ", cut: "It goes on and", bad: "<Score>0</Score>" });
    const [silent, cut, zero] = await rubricReward(selfReward(askOn(on))).score([
      pair("plum"),
      pair("cut"),
      pair("bad"),
    ]);
    assert.ok(silent!.value === null && /neither an integer/.test(silent!.unscored));
    assert.equal(silent!.rationale, "Nice plum.");
    assert.deepEqual(cut, {
      value: null,
      unscored: "the judge's reply was cut at the token limit",
      rationale: "It goes on and",
      flaw: "cut",
    });
    assert.equal(zero!.value, 0);
  });
});
