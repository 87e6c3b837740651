import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Engine } from "../../../daemon/engine/engine.ts";
import { OnnxEngine } from "../../../daemon/engine/onnx/onnx-engine.ts";
import { TorchEngine } from "../../../daemon/engine/torch/torch-engine.ts";
import { criterionLogits } from "../../../daemon/judge/rubric/criterion-logits.ts";
import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { rankedPairs } from "../../unit/judge/rated-pairs.ts";
import { writeChatModel } from "../chat-model.ts";
import { missing, python } from "./python.ts";

describe("the rubric's probabilities", { skip: missing }, () => {
  let dir = "";
  before(async () => {
    dir = await writeChatModel(mkdtempSync(join(tmpdir(), "sparring-judge-")));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  test("are the same on both engines", async (context) => {
    const engines: Engine[] = [new OnnxEngine({ threads: 1 }), new TorchEngine({ python, device: "cpu", threads: 1 })];
    const tokenizer = await ChatTokenizer.load(dir);
    const pairs = rankedPairs();
    try {
      const [onnx, torch] = await Promise.all(
        engines.map(async (engine) => {
          await engine.open({ dir });
          const judgements = await criterionLogits({ engine, tokenizer, policy: "reference" }).score(pairs);
          return judgements.flatMap(({ probabilities }) => probabilities!);
        }),
      );
      assert.equal(onnx!.length, 7 * pairs.length);
      assert.ok(Math.max(...onnx!) - Math.min(...onnx!) > 0.01, "they differ, so that there is something to agree on");
      const largest = Math.max(...onnx!.map((p, i) => Math.abs(p - torch![i]!)));
      context.diagnostic(`largest difference of a probability: ${largest.toExponential(1)} (below 0.001)`);
      assert.ok(largest < 1e-3);
    } finally {
      await Promise.all(engines.map((engine) => engine.close()));
    }
  });
});
