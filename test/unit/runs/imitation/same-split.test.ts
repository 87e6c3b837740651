/** A fork of an imitation is not measured on records that its parent learned from. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../../../daemon/config/load.ts";
import type { Config } from "../../../../daemon/config/schema.ts";
import { splitOf } from "../../../../daemon/runs/imitation/batches.ts";
import { requireSameSplit } from "../../../../daemon/runs/imitation/same-split.ts";
import { dataSeedOf } from "../../../../daemon/runs/lineage.ts";

const configOf = (...overrides: string[]): Config =>
  parseConfig("model: {path: builtin:nano}\nalgorithm: {name: sft}\n", { file: "/folder/a.yaml", overrides }).config;
const sums = ["game.task=addition", "imitation.data=builtin:addition-expert"];
const file = ["game.task=open", "imitation.data=a.jsonl"];
const refused = (parent: Config, fork: Config, key: string): void =>
  assert.throws(() => requireSameSplit(parent, fork), {
    code: "run/other-split",
    message: new RegExp(`this ${key} a fork`),
  });

test("what decides which records are held out stays the parent's", () => {
  refused(configOf(...file), configOf(...file, "imitation.held_out=101"), "imitation.held_out");
  refused(configOf(...sums), configOf(...sums, "imitation.records=300"), "imitation.records");
  const pairs = ["algorithm.name=dpo", "imitation.data=builtin:addition-pairs"];
  refused(configOf(...sums), configOf(...pairs, "game.task=addition", "imitation.records=300"), "imitation.records");
  const grpo = configOf("algorithm.name=grpo", "game.task=addition");
  const questions = (held_out: number): Config => {
    return { ...grpo, game: { ...grpo.game, task: "file", data: "/folder/a.jsonl", held_out } };
  };
  refused(questions(100), questions(200), "game.held_out");
  requireSameSplit(questions(200), questions(100));
});

test("a file that was imitated is not asked for held-out questions, nor the other way round", () => {
  const imitating = configOf(...file);
  const { data } = imitating.imitation;
  const grpo = configOf("algorithm.name=grpo", "game.task=addition");
  const asking = { ...grpo, game: { ...grpo.game, task: "file" as const, data } };
  const dividedAnew = (next: RegExp) => ({ code: "run/other-split", message: /different records of .*a\.jsonl/, next });
  assert.throws(() => requireSameSplit(imitating, asking), dividedAnew(/Divide the file/));
  assert.throws(() => requireSameSplit(asking, imitating), dividedAnew(/imitation.held_out to 0/));
  requireSameSplit(asking, configOf(...file, "imitation.held_out=0"));
  requireSameSplit(imitating, { ...asking, game: { ...asking.game, data: "/folder/b.jsonl" } });
  requireSameSplit(imitating, grpo);
  requireSameSplit(asking, grpo);
});

test("fewer records are the first of those that were held out; and where none are measured or others are, all is free", () => {
  requireSameSplit(configOf(...file), configOf(...file, "imitation.held_out=50", "seed=9"));
  const [some, more] = [splitOf(1000, 50, 3), splitOf(1000, 100, 3)];
  assert.deepEqual(some.heldOut, more.heldOut.subarray(0, 50));

  requireSameSplit(configOf(...sums), configOf(...sums, "imitation.records=300", "imitation.held_out=0"));
  requireSameSplit(configOf(...file), configOf("game.task=open", "imitation.data=b.jsonl", "imitation.held_out=200"));
  requireSameSplit(configOf(...sums), configOf("game.task=addition", "algorithm.name=grpo"));
});

test("the seed that sets records aside is the first ancestor's, whatever seeds follow", () => {
  assert.equal(dataSeedOf({ seed: 3 }), 3);
  assert.equal(dataSeedOf({ seed: 3, dataSeed: 1 }), 1);
});
