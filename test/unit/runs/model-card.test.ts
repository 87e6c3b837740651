import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { modelCard } from "../../../daemon/runs/export/model-card.ts";
import type { WeightSource } from "../../../daemon/runs/export/source.ts";

function source(model: WeightSource["model"]): WeightSource {
  return {
    run: {
      id: "my-run",
      name: "My run",
      createdAt: "2026-01-01T00:00:00.000Z",
      config: { game: { rounds: 9 } },
      lineage: { root: "my-run", seed: 5, changes: {} },
      versions: { sparring: "0.9.0" },
    },
    game: { config: { model: { path: "ada/small" }, algorithm: { name: "lsp" } }, task: { name: "addition" } },
    engine: { capabilities: { name: "onnx", device: "CPU, 2 threads" } },
    model,
    words: "round 9",
  } as unknown as WeightSource;
}
const headOf = (card: string): unknown => parse(card.split("---\n")[1]!);

test("a model card names run, round, algorithm, versions, engine and precision", () => {
  const card = modelCard(source({ dir: "/models/small", name: "small" }), "hf");
  for (const fact of [
    "round 9 of run `my-run`",
    "| lsp |",
    "| addition |",
    "| seed | 5 |",
    "Sparring 0.9.0",
    "engine onnx on CPU, 2 threads",
    "float32",
    "rounds: 9",
  ]) {
    assert.ok(card.includes(fact), fact);
  }
  assert.deepEqual(headOf(card), { library_name: "transformers", tags: ["sparring", "self-play", "lsp"] });
});

test("a base model of the hub is named as the hub wants it, and at its commit", () => {
  const card = modelCard(source({ dir: "/cache/x", name: "ada/small", pinned: "ada/small@0123abc" }), "peft");
  const head = { library_name: "peft", base_model: "ada/small", tags: ["sparring", "self-play", "lsp"] };
  assert.deepEqual(headOf(card), head);
  assert.ok(card.includes("| base model | `ada/small@0123abc` |"));
  assert.ok(card.includes("LoRA adapter"));
});
