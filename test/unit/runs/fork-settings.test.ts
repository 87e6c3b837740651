import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { applyOverrides, resolveConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { forkPlan } from "../../../daemon/runs/drafts/fork-settings.ts";

/** Settings of every kind: numbers that JSON writes with an exponent, texts, lists, flags, and what only some algorithms use. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  name: ["run 1", "yes", "1e3"],
  seed: [1, 2],
  "model.path": ["/models/a b", "builtin:nano", "org/name"],
  "model.reference": ["stage", "base", "/models/[b]"],
  "engine.threads": [1, 2],
  "engine.micro_batch_tokens": [64, 128],
  "adapter.rank": [4, 16],
  "adapter.targets": [["q_proj"], ["q_proj", "down_proj"]],
  "game.rounds": [10, 20],
  "algorithm.name": ["lsp", "lsp-zero", "grpo"],
  "algorithm.alpha_challenger": [0.25, 1e-7],
  "algorithm.updates_per_round": [1, 4],
  "algorithm.epsilon_low": [0.1, 0.3],
  "algorithm.mask_truncated": [true, false],
  "kl.beta": [0, 1e-9],
  "kl.estimator": ["k2", "k3"],
  "challenger.max_tokens": [8, 16],
  "judge.self_reward.scale": [0.2857],
  "admission.on_reject": ["penalise", "off"],
  "admission.margin": [0.5],
  "optimizer.lr": [1e-7, 3e-4],
  "eval.limit": ["all", 5],
};
const required = { "model.path": "builtin:nano", "game.task": "addition", "algorithm.name": "lsp" };
const configs: fc.Arbitrary<Config> = fc
  .record(Object.fromEntries(Object.entries(values).map(([key, some]) => [key, fc.constantFrom(...some)])), {
    requiredKeys: [],
  })
  .map((settings) => resolveConfig({ ...required, ...settings }));

describe("what a fork is told", () => {
  test("makes exactly the config that was written, whatever it was before", () => {
    fc.assert(
      fc.property(configs, configs, (before, after) => {
        const { changes, settings, impossible } = forkPlan(before, after);
        if (impossible.length === 0) assert.deepEqual(applyOverrides(before, settings).config, after);
        // What is optional and was given can't be left out; nothing else is impossible.
        const isGone = (section: "adapter" | "micro"): boolean =>
          section === "adapter"
            ? before.adapter !== undefined && after.adapter === undefined
            : before.engine.micro_batch_tokens !== undefined && after.engine.micro_batch_tokens === undefined;
        assert.equal(impossible.length > 0, isGone("adapter") || isGone("micro"));
        assert.equal(changes.length === 0, JSON.stringify(before) === JSON.stringify(after));
      }),
      { numRuns: 300 },
    );
  });

  const config = (settings: object): Config => resolveConfig({ ...required, ...settings });

  test("is only what differs, as a person would write it", () => {
    const before = config({ "kl.beta": 0.05, name: "a" });
    const after = config({ "kl.beta": 0.1, name: "b 2", "eval.limit": 5 });
    assert.deepEqual(forkPlan(before, after), {
      changes: [
        { key: "name", from: "a", to: "b 2" },
        { key: "kl.beta", from: 0.05, to: 0.1 },
        { key: "eval.limit", from: "all", to: 5 },
      ],
      settings: ["name=b 2", "kl.beta=0.1", "eval.limit=5"],
      impossible: [],
    });
  });

  test("of another algorithm leaves out what falls away, and what the parent holds anyway", () => {
    const { changes, settings } = forkPlan(config({}), config({ "algorithm.name": "grpo", "optimizer.lr": 3e-6 }));
    assert.deepEqual(settings, ["algorithm.name=grpo"]);
    assert.ok(changes.some(({ key, to }) => key === "challenger.max_tokens" && to === null));
    assert.ok(changes.some(({ key, from }) => key === "algorithm.normalization" && from === null));
  });

  test("of an adapter is a list; one that is taken away is impossible", () => {
    const lora = config({ "adapter.targets": ["q_proj", "v_proj"] });
    const { settings } = forkPlan(lora, config({ "adapter.targets": ["v_proj"], "adapter.rank": 4 }));
    assert.deepEqual(settings, ["adapter.rank=4", 'adapter.targets=["v_proj"]']);
    const { impossible } = forkPlan(lora, config({}));
    assert.deepEqual(
      impossible.map(({ key, to }) => [key, to]),
      [
        ["adapter.rank", null],
        ["adapter.alpha", null],
        ["adapter.rslora", null],
        ["adapter.targets", null],
      ],
    );
  });
});
