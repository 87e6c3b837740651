/**
 * Both modes of the rubric on a real chat model, SmolLM2-135M-Instruct: how well do they rank answers whose order nobody doubts?
 * The numbers are told, not demanded: what is tested is that each pair gets a score or a reason.
 */
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { TorchEngine } from "../../daemon/engine/torch/torch-engine.ts";
import { askOn } from "../../daemon/judge/rubric/ask.ts";
import { criterionLogits } from "../../daemon/judge/rubric/criterion-logits.ts";
import { flawMetrics, modeAgreement } from "../../daemon/judge/rubric/rubric-metrics.ts";
import { selfReward } from "../../daemon/judge/rubric/self-reward.ts";
import type { Judgement } from "../../daemon/judge/scorer.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { mean } from "../../daemon/selfplay/statistics.ts";
import { missing as missingTorch, python } from "../engine/torch/python.ts";
import { rankedAnswers, rankedPairs } from "../unit/judge/rated-pairs.ts";
import { missing, modelFolder } from "./reference.ts";

const kinds = ["right", "wrong", "gibberish"] as const;

/** Tells the scores, their means by kind, and how many of the comparisons within a query come out as they should. */
function tell(context: TestContext, name: string, judgements: readonly Judgement[]): void {
  const value = (query: number, kind: number): number | null => judgements[3 * query + kind]!.value;
  for (const [i, { query }] of rankedAnswers.entries()) {
    const scores = kinds.map((_, kind) => value(i, kind)?.toFixed(2) ?? "unscored");
    context.diagnostic(`${name}: ${query} ${scores.join(" · ")}`);
  }
  const means = kinds.map((kind, k) => {
    const scored = rankedAnswers.flatMap((_, i) => value(i, k) ?? []);
    return `${kind} ${mean(scored)?.toFixed(2) ?? "–"} (${scored.length})`;
  });
  context.diagnostic(`${name}: mean of ${means.join(", ")}`);
  for (const [better, worse] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    const signs = rankedAnswers.flatMap((_, i) => {
      const [a, b] = [value(i, better), value(i, worse)];
      return a === null || b === null ? [] : [Math.sign(a - b)];
    });
    const count = (sign: number): number => signs.filter((each) => each === sign).length;
    const figures = `${count(1)} higher, ${count(0)} equal, ${count(-1)} lower, ${rankedAnswers.length - signs.length} not both scored`;
    context.diagnostic(`${name}: ${kinds[better]} against ${kinds[worse]}: ${figures}`);
  }
}

describe("SmolLM2-135M-Instruct judges 21 pairs", { skip: missingTorch || missing("smollm2") }, () => {
  // Torch reads the prompt of 14 replies once; onnx writes.
  const reader = new TorchEngine({ python, device: "cpu", threads: 2 });
  const writer = new OnnxEngine({ threads: 2 });
  const pairs = rankedPairs();
  let tokenizer: ChatTokenizer;
  let logits: Judgement[] = [];
  before(async () => {
    const dir = modelFolder("smollm2");
    tokenizer = await ChatTokenizer.load(dir);
    await reader.open({ dir });
    await writer.open({ dir });
  });
  after(async () => {
    await reader.close();
    await writer.close();
  });

  test("by criterion-logits", async (context) => {
    logits = await criterionLogits({ engine: reader, tokenizer, policy: "reference" }).score(pairs);
    tell(context, "criterion-logits", logits);
    for (const [i, { probabilities }] of logits.entries()) {
      context.diagnostic(`${i}: ${probabilities!.map((p) => p.toFixed(3)).join(" ")}`);
    }
    assert.ok(logits.every(({ value }) => value !== null && value >= 0 && value <= 7));
  });

  for (const temperature of [1, 0.5]) {
    test(`by words, at temperature ${temperature}`, async (context) => {
      const ask = askOn({ engine: writer, tokenizer, policy: "reference", temperature, maxTokens: 320 });
      const words = await selfReward(ask).score(pairs);
      tell(context, `generate at ${temperature}`, words);
      context.diagnostic(JSON.stringify({ ...flawMetrics(words), ...modeAgreement(words, logits, 7) }));
      for (const judgement of words) {
        if (judgement.value === null) assert.notEqual(judgement.unscored, "");
        else assert.ok(Number.isInteger(judgement.value) && judgement.value >= 0 && judgement.value <= 7);
      }
    });
  }
});
