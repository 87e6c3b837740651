import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { OnnxEngine } from "../../daemon/engine/onnx/onnx-engine.ts";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { findTask } from "../../daemon/tasks/registry.ts";

const { dir } = await resolveModel("builtin:nano", ".");
const provenance = JSON.parse(readFileSync(join(dirname(dir), "provenance.json"), "utf8"));

test("nano's weights are those that its provenance names", () => {
  const sha256 = createHash("sha256")
    .update(readFileSync(join(dir, "model.safetensors")))
    .digest("hex");
  assert.equal(sha256, provenance.sha256);
});

test("nano solves 30–45 % of held-out additions, and writes queries that are tasks", async () => {
  const engine = new OnnxEngine();
  try {
    await engine.open({ dir });
    assert.ok(engine.capabilities.totalParameters > 0.8e6 && engine.capabilities.totalParameters < 1.2e6);
    const tokenizer = await ChatTokenizer.load(dir);
    const task = findTask("addition");
    const queries = task.heldOut();
    const solving = queries.map((query, index) => ({
      prompt: tokenizer.renderPrompt(task.solverPrompt(query)),
      key: { seed: 1, round: 0, role: "evaluation" as const, query: index, answer: 0 },
    }));
    const options = { policy: "current", maxTokens: 8, stopTokens: tokenizer.stopTokens } as const;
    const answers = await engine.sample(solving, { ...options, temperature: 0 });
    const right = answers.filter(({ tokens }, i) => task.verify(queries[i], tokenizer.decode(tokens)) === 1).length;
    const accuracy = right / queries.length;
    assert.ok(accuracy >= 0.3 && accuracy <= 0.45, `${accuracy}`);

    const asking = Array.from({ length: 200 }, (_, query) => ({
      prompt: tokenizer.renderPrompt(task.challengerPrompt()),
      key: { seed: 1, round: 0, role: "challenger" as const, query, answer: 0 },
    }));
    const written = await engine.sample(asking, { ...options, temperature: 1 });
    const tasks = written.filter(({ tokens }) => task.parse(tokenizer.decode(tokens)).ok).length;
    assert.ok(tasks >= 160, `${tasks} of 200`);
  } finally {
    await engine.close();
  }
});
