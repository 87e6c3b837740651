/** The small reward model, as it is exported, in its process. */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { batchesOf, Classifier } from "../../daemon/engine/classifier/classifier.ts";
import { logitsOf } from "../../daemon/engine/classifier/logits.ts";
import { OutsideJudges } from "../../daemon/runs/judging/outside-judges.ts";
import { addition } from "../../daemon/tasks/addition.ts";
import { pairAt } from "../unit/judge/pairs.ts";

const dir = "daemon/models/nano-reward/weights";

function open(t: TestContext, folder = dir): Classifier {
  const classifier = new Classifier({ dir: folder, padTokenId: 0 }, 1);
  t.after(() => classifier.close());
  return classifier;
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-classifier-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Conversations of nano's tokens: 2 + 3 = 5 and the like, of some lengths. */
const sequences = [
  [1, 4, 9, 17, 10, 5, 12, 2],
  [1, 4, 11, 14, 17, 10, 15, 5, 15, 12, 2],
  [1, 4, 5, 2],
  [1, 4, 9, 17, 10, 5, 13, 2],
].map((tokens) => ({ tokens }));

test("logits of float16 are read as bits, however JavaScript shows them", () => {
  const bits = Uint16Array.from([0, 0x3e00, 0xc000]);
  const values = Float32Array.from([1.5, -2]);
  assert.deepEqual(logitsOf(bits.subarray(1), true), values);
  // From Node 24 on they are a Float16Array, whose elements are values; Node 20 has another view that is none of bits.
  assert.deepEqual(logitsOf(new DataView(bits.buffer, 2), true), values);
  assert.deepEqual(logitsOf(values.subarray(1), false), values.subarray(1));
});

describe("a classifier", () => {
  test("gives a sequence the same logit alone and in a batch", async (t) => {
    const classifier = open(t);
    const together = await classifier.classify(sequences);
    for (const [i, sequence] of sequences.entries()) {
      const [alone] = await classifier.classify([sequence]);
      assert.ok(Math.abs(alone!.logit! - together[i]!.logit!) < 1e-4, `${i}: ${alone!.logit}, ${together[i]!.logit}`);
    }
    assert.ok(new Set(together.map(({ logit }) => logit)).size === sequences.length);
  });

  test("whose process crashes leaves those under way without a logit, and goes on in a new one", async (t) => {
    const classifier = open(t);
    // Three batches: sequences of 60 tokens, some 34 in each.
    const many = Array.from({ length: 90 }, (_, i) => ({
      tokens: Array.from({ length: 60 }, (_, place) => 1 + ((i + place) % 60)),
    }));
    assert.equal(batchesOf(many.map(({ tokens }) => tokens.length)).length, 3);
    const kill = (done: number): void => {
      if (done === 34) process.kill(classifier.pid!, "SIGKILL");
    };
    const results = await classifier.classify(many, { onProgress: kill });
    const lost = results.filter(({ logit }) => logit === null);
    assert.equal(lost.length, 34);
    assert.match(JSON.stringify(lost[0]), /ended by SIGKILL/);
    const again = await classifier.classify(many);
    assert.ok(again.every(({ logit }) => logit !== null));
    assert.ok(results.every(({ logit }, i) => logit === null || logit === again[i]!.logit));
  });

  test("of a file that is none says so, and a cancelled call ends", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "model.onnx"), "not a model");
    await assert.rejects(open(t, folder).classify(sequences), { code: "engine/unusable-classifier" });
    await assert.rejects(open(t).classify(sequences, { signal: AbortSignal.abort() }), { name: "AbortedError" });
  });

  test("batches sequences of like length, within a number of tokens, and a long one alone", () => {
    const lengths = [10, 3000, 9, 1500, 500, 11];
    const batches = batchesOf(lengths);
    assert.deepEqual(
      batches.map((batch) => batch.map((at) => lengths[at])),
      [[3000], [1500], [500, 11, 10, 9]],
    );
  });
});

describe("the small reward model", () => {
  const configOf = (path: string, ...overrides: string[]) =>
    parseConfig("model: {path: builtin:nano}\ngame: {task: addition}\nalgorithm: {name: grpo}\n", {
      file: "a.yaml",
      overrides: ["judge.reward.kind=model", `judge.model.path=${path}`, "engine.threads=1", ...overrides],
    }).config;

  test("prefers right answers to the mistakes that people make, on sums it never saw", async (t) => {
    const judges = new OutsideJudges(configOf("builtin:nano-reward"));
    t.after(() => judges.close());
    const queries = addition.heldOut().slice(0, 200);
    const right = queries.map((query, i) => pairAt(query, addition.expected(query), i));
    const wrong = queries.map((query, i) => pairAt(query, String(Number(addition.expected(query)) + 1), i));
    const judgements = await judges.rewardModel().score([...right, ...wrong]);
    const values = judgements.map(({ value }) => value!);
    assert.ok(values.every((value) => value > 0 && value < 1));
    assert.match(judgements[0]!.rationale!, /logit is -?\d+\.\d{3}$/);
    const preferred = queries.filter((_, i) => values[i]! > values[i + queries.length]!);
    assert.ok(preferred.length >= 190, `${preferred.length} of 200`);
  });

  test("leaves what it can't read unscored, and a folder without a model is named at once", async (t) => {
    const judges = new OutsideJudges(configOf("builtin:nano-reward", "judge.model.output=logit"));
    t.after(() => judges.close());
    const [long, fine] = await judges.rewardModel().score([pairAt("1+1", "1".repeat(100)), pairAt("1+1", "2")]);
    assert.ok(long!.value === null);
    assert.match(long.unscored, /tokens, and the reward model reads 64 at most/);
    assert.ok(fine!.value !== null);
    const nowhere = temporaryFolder(t);
    assert.throws(() => new OutsideJudges(configOf(nowhere)).rewardModel(), { code: "model/not-a-reward-model" });
  });

  test("of two labels, or without a padding token, is refused", async (t) => {
    const folder = temporaryFolder(t);
    for (const file of ["model.onnx", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]) {
      copyFileSync(join(dir, file), join(folder, file));
    }
    const config = JSON.parse(readFileSync(join(dir, "config.json"), "utf8"));
    for (const change of [{ id2label: undefined }, { pad_token_id: null }]) {
      writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...change }));
      const judges = new OutsideJudges(configOf(folder));
      t.after(() => judges.close());
      await assert.rejects(judges.rewardModel().score([pairAt("1+1", "2")]), { code: "model/not-a-reward-model" });
    }
  });
});
