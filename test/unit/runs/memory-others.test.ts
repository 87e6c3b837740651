/** What the estimate adds to the Solver's part: a reward model's process, the Challenger's queries, and a rubric's replies. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { shapeOf } from "../../../daemon/engine/onnx/llama/shape.ts";
import { readDecoderConfig } from "../../../daemon/models/config.ts";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { estimateMemory } from "../../../daemon/runs/drafts/memory/estimate.ts";
import { onnxParts } from "../../../daemon/runs/drafts/memory/onnx-parts.ts";
import { otherCalls } from "../../../daemon/runs/drafts/memory/other-calls.ts";
import { rewardModelParts } from "../../../daemon/runs/drafts/memory/reward-model-parts.ts";
import { torchParts } from "../../../daemon/runs/drafts/memory/torch-parts.ts";
import { type Call, totalBytes, type Workload } from "../../../daemon/runs/drafts/memory/workload.ts";
import { pairwisePrompt } from "../../../daemon/selfplay/prompts/pairwise.ts";
import { selfRewardPrompt } from "../../../daemon/selfplay/prompts/self-reward.ts";
import { findTask } from "../../../daemon/tasks/registry.ts";

function configOf(...overrides: string[]): Config {
  const text = "model: {path: builtin:nano}\ngame: {task: addition, queries: 4, answers: 8}\n";
  return parseConfig(text, { file: "estimate.yaml", overrides }).config;
}

/** A folder that looks like an exported model's: sizes and files are all that counts. */
function exportedFolder(t: TestContext, sizes: readonly [number, number, number], graph: number, beside = 0): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-memory-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [hidden_size, intermediate_size, num_attention_heads] = sizes;
  writeFileSync(join(folder, "config.json"), JSON.stringify({ hidden_size, intermediate_size, num_attention_heads }));
  writeFileSync(join(folder, "tokenizer.json"), "{}");
  for (const [name, bytes] of [
    ["model.onnx", graph],
    ...(beside ? [["model.onnx.data", beside] as const] : []),
  ] as const) {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), bytes);
  }
  return folder;
}

describe("the memory of a reward model", () => {
  const grpo = ["algorithm.name=grpo"];
  const sumOf = async (path: string, pairTokens: number): Promise<number> =>
    totalBytes(
      await rewardModelParts(configOf(...grpo, "judge.reward.kind=model", `judge.model.path=${path}`), pairTokens),
    );

  test("is near what was measured of its process (VmHWM after batches of 2,048 tokens in sequences of one length, MiB)", async (t) => {
    const middle = exportedFolder(t, [512, 1408, 8], 103_901_491);
    const smollm2 = exportedFolder(t, [576, 1536, 9], 542_050_477);
    const measured = [
      ["builtin:nano-reward", 64, 108],
      ["builtin:nano-reward", 8, 104],
      [middle, 64, 295],
      [middle, 512, 352],
      [middle, 2000, 555],
      [smollm2, 64, 809],
      [smollm2, 512, 844],
    ] as const;
    for (const [path, length, mib] of measured) {
      const error = (await sumOf(path, length)) / 2 ** 20 / mib - 1;
      assert.ok(Math.abs(error) < 0.05, `${path}, ${length}: ${(100 * error).toFixed(0)} %`);
    }
  });

  test("counts weights that lie beside the graph, and is asked for by an ensemble, too", async (t) => {
    const [whole, parted] = [exportedFolder(t, [64, 96, 4], 5e9), exportedFolder(t, [64, 96, 4], 1e6, 5e9 - 1e6)];
    assert.equal(await sumOf(parted, 64), await sumOf(whole, 64));
    for (const name of ["model_fp16.onnx", "model_fp16.onnx_data"]) writeFileSync(join(whole, name), "another graph");
    assert.equal(await sumOf(parted, 64), await sumOf(whole, 64));
    const weights = ["judge.ensemble.model.weight=1", "judge.ensemble.verifier.weight=1"];
    const ensemble = configOf(...grpo, "judge.reward.kind=ensemble", `judge.model.path=${whole}`, ...weights);
    assert.equal(totalBytes(await rewardModelParts(ensemble, 64)), await sumOf(whole, 64));
    assert.deepEqual(await rewardModelParts(configOf(...grpo), 64), []);
  });

  test("is in the estimate, but not in that of a GPU's memory", async () => {
    const withModel = { ...configOf(...grpo, "judge.reward.kind=model", "engine.name=torch", "adapter={}") };
    const partsOn = async (device: "cpu" | "cuda"): Promise<string> => {
      const { parts, basis } = await estimateMemory(withModel, tmpdir(), async () => ({ device, free: 64e9 }));
      assert.equal(/reward model/.test(basis), device === "cpu");
      return parts.map(({ what }) => what).join();
    };
    assert.match(await partsOn("cpu"), /the reward model's weights,its activations,its process$/);
    assert.doesNotMatch(await partsOn("cuda"), /reward model/);
  });
});

describe("what a game asks of its model beside answers", () => {
  test("are the Challenger's queries, and a rubric's or a pair's replies where they are written", async () => {
    const tokenizer = await ChatTokenizer.load((await resolveModel("builtin:nano", ".")).dir);
    const task = findTask("addition", configOf("algorithm.name=lsp").challenger);
    const asked = (...overrides: string[]): Call[] =>
      otherCalls({ config: configOf(...overrides), task, tokenizer, solverPrompt: 6 });
    const rubric = ["judge.self_reward.kind=rubric", "solver.max_tokens=5"];
    const words = "judge.rubric.max_tokens=100";
    const [queries, replies, ...more] = asked("algorithm.name=lsp", "challenger.max_tokens=8", ...rubric, words);
    assert.deepEqual(
      { ...queries, promptTokens: 0 },
      { queries: 4, answers: 4, promptTokens: 0, answerTokens: 8, trained: true },
    );
    const empty = tokenizer.renderPrompt([{ role: "user", content: selfRewardPrompt("", "") }]).length;
    assert.deepEqual(replies, {
      queries: 32,
      answers: 32,
      promptTokens: empty + 11,
      answerTokens: 100,
      trained: false,
    });
    assert.deepEqual(more, []);
    const byLogits = [...rubric, "judge.rubric.mode=criterion-logits"];
    assert.equal(asked("algorithm.name=lsp", ...byLogits).length, 1);
    assert.equal(asked("algorithm.name=lsp", ...byLogits, "judge.rubric.compare=7")[1]?.answers, 7);
    assert.deepEqual(asked("algorithm.name=grpo"), []);
    const pairwise = ["algorithm.name=grpo", "judge.reward.kind=pairwise", "solver.max_tokens=5"];
    const [duels] = asked(...pairwise, "judge.pairwise.opponents=3", "judge.pairwise.max_tokens=50");
    const two = tokenizer.renderPrompt([{ role: "user", content: pairwisePrompt("", "", "") }]).length + 16;
    assert.deepEqual(duels, { queries: 96, answers: 96, promptTokens: two, answerTokens: 50, trained: false });
    assert.deepEqual(asked(...pairwise, "judge.pairwise.mode=logits"), []);
  });

  test("count where they are longer than answers: all as keys and values, what is learned from as activations", async () => {
    const shape = shapeOf(await readDecoderConfig((await resolveModel("builtin:nano", ".")).dir));
    const workload: Workload = {
      ...{
        shape: { ...shape, maxPositions: 4096 },
        adapter: undefined,
        reference: "start",
        snapshots: 0,
        fileBytes: 0,
      },
      ...{ queries: 4, answers: 16, promptTokens: 10, answerTokens: 5, others: [], microBatchTokens: undefined },
    };
    const torch = {
      device: "cpu",
      precision: "float32",
      free: null,
      merged: true,
      chunked: true,
      checkpointing: false,
    } as const;
    const long = { queries: 8, answers: 8, promptTokens: 600, answerTokens: 128 };
    const part = (others: readonly Call[], what: RegExp): number =>
      onnxParts({ ...workload, others }).find((each) => what.test(each.what))!.bytes;
    const [judged, challenged] = [[{ ...long, trained: false }], [{ ...long, trained: true }]];
    assert.ok(part(judged, /keys/) > 4 * part([], /keys/));
    assert.equal(part(judged, /activations/), part([], /activations/));
    assert.ok(part(challenged, /activations/) > part([], /activations/));
    assert.equal(part([{ ...long, promptTokens: 1, answerTokens: 1, trained: true }], /keys/), part([], /keys/));
    const sum = (others: readonly Call[]): number => totalBytes(torchParts({ ...workload, ...torch, others }));
    assert.ok(sum(challenged) > sum([]) && sum(judged) >= sum([]));
  });
});
