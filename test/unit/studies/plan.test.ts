import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import { strokes, strokesOf } from "../../../daemon/studies/figure/strokes.ts";
import { imitation } from "../../../daemon/studies/imitation.ts";
import { lspVsZero } from "../../../daemon/studies/lsp-vs-zero.ts";
import { studies } from "../../../daemon/studies/registry.ts";
import { plannedRuns, restricted, variant } from "../../../daemon/studies/study.ts";

for (const study of studies) {
  describe(study.name, () => {
    test("every run is a valid config under an id of its own", () => {
      const planned = plannedRuns(study);
      for (const { settings, seed, arm } of planned) {
        const { config } = parseConfig("{}", { file: "/study/plan.sparring.yaml", overrides: settings });
        assert.equal(config.seed, seed);
        assert.equal(config.name, arm.name);
      }
      assert.equal(new Set(planned.map(({ id }) => id)).size, planned.length);
      for (const { id } of planned) assert.match(id, /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
    });

    test("arms differ in their settings, and no two are the same game", () => {
      const settings = study.arms.map((arm) => [...arm.settings].sort().join(" "));
      assert.equal(new Set(settings).size, settings.length);
    });

    test("every arm answers some group's question, and every group's arms exist", () => {
      const names = study.arms.map(({ name }) => name);
      const asked = study.groups.flatMap(({ arms }) => arms);
      assert.deepEqual([...new Set(asked)].sort(), [...names].sort());
    });

    test("every figure has a stroke for each of its arms, and panels of what is measured", () => {
      const chosen = strokesOf(study);
      for (const arm of study.arms) assert.ok(strokes[chosen.get(arm.name)!], arm.name);
      const known = ["accuracy", ...study.instrument.measures.map(({ key }) => key)];
      for (const { key } of study.instrument.panels) assert.ok(known.includes(key), key);
    });
  });
}

test("every arm of the imitations differentiates as many sequences a step, but the one that says that it does not", () => {
  const answers: Record<string, number> = { sft: 1, spin: 2, spif: 2, spac: 3, dpo: 2 };
  for (const { settings, arm } of plannedRuns(imitation)) {
    const { config } = parseConfig("{}", { file: "/study/plan.sparring.yaml", overrides: settings });
    const sequences = config.imitation.batch * answers[config.algorithm.name]!;
    assert.equal(sequences, arm.name === "sft-24" ? 24 : 48, arm.name);
  }
});

const runs = plannedRuns(lspVsZero);

test("a study cut short has whole columns: seed by seed, arms of fewer seeds in the first ones", () => {
  assert.deepEqual(
    runs.map(({ seed }) => seed),
    runs.map(({ seed }) => seed).sort((a, b) => a - b),
  );
  assert.equal(runs.filter(({ arm }) => arm.name === "lsp-long").length, 1);
  assert.equal(runs.filter(({ arm }) => arm.name === "lsp").length, 3);
});

test("some of its arms are the same runs, in the groups that still compare them", () => {
  const some = restricted(lspVsZero, ["grpo", "lsp", "lsp-form"]);
  const ids = plannedRuns(some).map(({ id }) => id);
  assert.deepEqual(
    ids,
    runs.map(({ id }) => id).filter((id) => /\.(grpo|lsp|lsp-form)\./.test(id)),
  );
  assert.deepEqual(
    some.groups.map(({ arms }) => arms),
    [
      ["grpo", "lsp"],
      ["lsp", "lsp-form"],
    ],
  );
});

test("with other settings it is another study, whose runs are found again", () => {
  const changed = plannedRuns(variant(lspVsZero, ["game.rounds=3", "eval.limit=16"]));
  assert.equal(changed.length, runs.length);
  const known = new Set(runs.map(({ id }) => id));
  for (const { id, settings } of changed) {
    assert.ok(!known.has(id), id);
    assert.match(id, /^lsp-vs-zero\.x[0-9a-f]{8}\.[a-z0-9-]+\.[123]$/);
    // Also in the arms of 900 rounds, which set it themselves.
    assert.deepEqual(
      settings.filter((setting) => setting.startsWith("game.rounds=")),
      ["game.rounds=3"],
    );
  }
  const ids = (...settings: string[]) => plannedRuns(variant(lspVsZero, settings)).map(({ id }) => id);
  assert.deepEqual(
    ids("eval.limit=16", "game.rounds=3"),
    changed.map(({ id }) => id),
  );
  assert.notDeepEqual(ids("game.rounds=4"), ids("game.rounds=3"));
  assert.deepEqual(
    ids(),
    runs.map(({ id }) => id),
  );
});
