import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import { lspVsZero } from "../../../daemon/studies/lsp-vs-zero.ts";
import { plannedRuns, restricted, variant } from "../../../daemon/studies/study.ts";

const runs = plannedRuns(lspVsZero);

test("every run of the study is a valid config under an id of its own", () => {
  for (const { settings, seed, arm } of runs) {
    const { config } = parseConfig("{}", { file: "/study/plan.sparring.yaml", overrides: settings });
    assert.equal(config.seed, seed);
    assert.equal(config.name, arm.name);
  }
  assert.equal(new Set(runs.map(({ id }) => id)).size, runs.length);
  for (const { id } of runs) assert.match(id, /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
});

test("arms differ in their settings, and no two are the same game", () => {
  const settings = lspVsZero.arms.map((arm) => [...arm.settings].sort().join(" "));
  assert.equal(new Set(settings).size, settings.length);
});

test("every arm answers some group's question, and every group's arms exist", () => {
  const names = lspVsZero.arms.map(({ name }) => name);
  const asked = lspVsZero.groups.flatMap(({ arms }) => arms);
  assert.deepEqual([...new Set(asked)].sort(), [...names].sort());
});

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
