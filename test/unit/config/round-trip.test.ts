import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { describeChanges } from "../../../daemon/config/changes.ts";
import { configJsonSchema, type JsonSchema, schemaAt } from "../../../daemon/config/json-schema.ts";
import { settingPaths } from "../../../daemon/config/keys.ts";
import { applyOverrides, parseConfig, resolveConfig } from "../../../daemon/config/load.ts";
import { printConfig } from "../../../daemon/config/print.ts";
import { ConfigError } from "../../../daemon/config/problem.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { usedSettings } from "../../../daemon/config/used.ts";
import { alarmKinds } from "../../../daemon/store/records.ts";
import { minimal, minimalGrpo, parse, problemsOf } from "./helpers.ts";

/** Values that a schema accepts. */
function acceptedBy(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(acceptedBy));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.items?.enum) return fc.subarray([...schema.items.enum], { minLength: 1 });
  if (schema.items) return fc.array(acceptedBy(schema.items), { minLength: 1, maxLength: 3 });
  if (schema.type === "boolean") return fc.boolean();
  if (schema.type === "string") return fc.string({ minLength: 1, unit: "binary" });
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (schema.type === "integer") return fc.integer({ min: minimum!, max: maximum! });
  return fc.double({
    min: minimum ?? exclusiveMinimum!,
    minExcluded: exclusiveMinimum !== undefined,
    max: maximum ?? exclusiveMaximum!,
    maxExcluded: exclusiveMaximum !== undefined,
    noNaN: true,
  });
}

/** Any valid config: any settings, those without effect taken out again by their own error. */
const configs: fc.Arbitrary<Config> = fc
  .tuple(...settingPaths.map((path) => fc.option(acceptedBy(schemaAt(path)!), { nil: undefined })))
  .map((values) => {
    const flat: Record<string, unknown> = { "model.path": "/m", "game.task": "addition", "algorithm.name": "lsp" };
    for (const [i, path] of settingPaths.entries()) {
      if (values[i] !== undefined && path !== "name") flat[path] = values[i];
    }
    for (const key of ["model.path", "model.reference", "engine.python", "judge.model.path", "imitation.data"])
      if (flat[key] !== undefined) flat[key] = `/${String(flat[key]).length}`;
    // The one file that a config's text has to find.
    flat["game.data"] = resolve("package.json");
    if (flat["game.queries"] === 1) delete flat["game.queries"];
    const template = flat["challenger.template"];
    if (template !== undefined) {
      flat["challenger.template"] = Array.isArray(template) ? template.map((text) => `${text}{x}`) : `${template}{x}`;
    }
    Object.assign(flat, namesOfJudges);
    return resolveConfig(withoutConflicts(flat));
  });

/** What a judge can't do without; taken out again where it is not asked. */
const namesOfJudges = {
  "judge.endpoint.url": "http://127.0.0.1:8000/v1",
  "judge.endpoint.model": "m",
  "judge.endpoint.key_env": "KEY",
  "judge.verifier.pattern": "a+",
  "judge.verifier.schema": "{}",
};

/** Settings that contradict each other, with one of them changed. */
function withoutConflicts(flat: Record<string, unknown>): Record<string, unknown> {
  const isOpen = flat["game.task"] === "open";
  flat["imitation.data"] ??= "/data.jsonl";
  flat["game.rounds"] = Math.max(Number(flat["game.rounds"] ?? 300), Number(flat["imitation.iterations"] ?? 3));
  for (const key of ["imitation.beta", "imitation.eta", "imitation.lr"]) {
    // A list has at most as many values as there are iterations.
    if (Array.isArray(flat[key])) flat[key] = [flat[key].at(-1)];
  }
  if (isOpen && flat["algorithm.name"] === "grpo") flat["algorithm.name"] = "lsp-zero";
  if (isOpen) flat["judge.reward.kind"] = "rubric";
  if (flat["game.task"] === "file") flat["algorithm.name"] = "grpo";
  flat["judge.ensemble.model.weight"] = 1;
  if (isOpen) flat["judge.ensemble.verifier.weight"] = 0;
  if (flat["algorithm.name"] === "lsp-zero" && flat["judge.reward.kind"] === "pairwise") {
    flat["judge.reward.kind"] = "model";
  }
  if (flat["judge.pairwise.by"] === "endpoint") delete flat["judge.pairwise.mode"];
  const isAsked = ["rubric", "endpoint"].some(
    (judge) =>
      flat["judge.reward.kind"] === judge ||
      (flat["judge.reward.kind"] === "ensemble" && flat[`judge.ensemble.${judge}.weight`]),
  );
  if (flat["game.task"] !== "addition" || isAsked) flat["judge.self_reward.kind"] = "likelihood";
  return flat;
}

describe("a printed config", () => {
  test("parses back to the same config", () => {
    fc.assert(
      fc.property(configs, (config) => {
        assert.deepEqual(parse(printConfig(config)), config);
      }),
      { numRuns: 200 },
    );
  });

  test("has every setting that is used, and no other", () => {
    const printed = printConfig(parse(minimalGrpo));
    assert.doesNotMatch(printed, /challenger|admission|self_reward|estimator|epsilon/);
    assert.match(printed, /normalization: grpo/);
    assert.deepEqual([...usedSettings(parse(printed)).keys()].length, printed.match(/: \S/g)?.length);
  });
});

describe("a stored config", () => {
  test("resolves to itself", () => {
    fc.assert(
      fc.property(configs, (config) => {
        assert.deepEqual(resolveConfig(JSON.parse(JSON.stringify(config))), config);
      }),
      { numRuns: 100 },
    );
  });

  test("that was tampered with is refused", () => {
    const stored = { ...parse(minimal), seed: "1", extra: true };
    const codes = problemsOf(() => resolveConfig(stored)).map(({ code, place }) => [code, place]);
    assert.deepEqual(codes, [
      ["config/unknown-key", undefined],
      ["config/wrong-type", undefined],
    ]);
    for (const broken of [null, 3, "x", []]) assert.throws(() => resolveConfig(broken), ConfigError);
  });
});

describe("applyOverrides", () => {
  const config = parse(minimal, ["kl.beta=0.1", "algorithm.alpha_challenger=0.25", "admission.on_reject=off"]);

  test("without overrides changes nothing", () => assert.deepEqual(applyOverrides(config, []).config, config));

  test("to another algorithm drops what it does not use and keeps the rest", () => {
    const grpo = applyOverrides(config, ["algorithm.name=grpo", "algorithm.normalization=dapo"]).config;
    assert.equal(grpo.kl.beta, 0.1);
    assert.equal(grpo.optimizer.lr, 3e-6);
    assert.deepEqual(describeChanges(config, grpo), {
      "algorithm.name": ["lsp", "grpo"],
      "algorithm.alpha_challenger": [0.25, null],
      "algorithm.normalization": [null, "dapo"],
      "algorithm.updates_per_round": [null, 1],
      "kl.estimator": ["k2", null],
      "challenger.objective": ["minimax", null],
      "challenger.temperature": [1, null],
      "challenger.max_tokens": [128, null],
      "judge.self_reward.kind": ["criteria", null],
      "judge.self_reward.scale": [1, null],
      "admission.on_reject": ["off", null],
      "alarms.diversity.below": [0.9, null],
      "alarms.admission.below": [0.5, null],
    });
  });

  test("refuses what a file may not say either", () => {
    const problems = problemsOf(() => applyOverrides(config, ["algorithm.normalization=dapo", "game.answers=1"]));
    assert.deepEqual(
      problems.map(({ code, place }) => [code, place]),
      [
        ["config/out-of-range", "command line"],
        ["config/unused-key", "command line"],
      ],
    );
  });

  test("warns like a file", () => {
    assert.equal(applyOverrides(config, ["kl.estimator=literal"]).warnings[0].place, "command line");
  });
});

test("describeChanges sees lists and absent sections", () => {
  const changed = applyOverrides(parse(minimal), ["adapter.targets=[q_proj]"]).config;
  assert.deepEqual(describeChanges(parse(minimal), changed), {
    "adapter.rank": [null, 16],
    "adapter.alpha": [null, 32],
    "adapter.rslora": [null, false],
    "adapter.targets": [null, ["q_proj"]],
  });
});

describe("no text throws anything but a ConfigError", () => {
  const accepts = (text: string, overrides: string[] = []) => {
    try {
      parseConfig(text, { file: "a.yaml", overrides });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const { message, next } of error.problems) assert(message.length > 0 && next.length > 0);
    }
  };
  const key = fc.constantFrom(
    ...settingPaths,
    "kl",
    "judge",
    "beta",
    "__proto__",
    "constructor",
    "toString",
    "<<",
    "x",
  );
  const value = fc.constantFrom(
    "1",
    "-1",
    ".nan",
    "x",
    "[]",
    "{}",
    "[1, [2]]",
    "",
    "'",
    "&a",
    "*a",
    "!!map {}",
    "{a: {b: 1}}",
  );
  const line = fc.tuple(fc.constantFrom("", "  ", "- ", "\t", "? "), key, fc.constantFrom(":", ": ", " "), value);
  const lines = fc
    .array(
      line.map((parts) => parts.join("")),
      { maxLength: 12 },
    )
    .map((all) => all.join("\n"));

  test("any characters", () => fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => accepts(text))));
  test("nearly YAML", () =>
    fc.assert(
      fc.property(lines, (text) => accepts(text)),
      { numRuns: 500 },
    ));
  test("nearly a config", () =>
    fc.assert(
      fc.property(lines, (text) => accepts(minimal + text)),
      { numRuns: 500 },
    ));
  test("any overrides", () => {
    const override = fc.oneof(
      fc.string(),
      fc.tuple(key, value).map(([k, v]) => `${k}=${v}`),
    );
    fc.assert(
      fc.property(fc.array(override), (overrides) => accepts(minimal, overrides)),
      { numRuns: 500 },
    );
  });
});

test("every setting and section has a description and a default where it may be left out", () => {
  const walk = (schema: JsonSchema, path: string): void => {
    for (const [name, child] of Object.entries(schema.properties ?? {})) {
      const at = `${path}${name}`;
      assert(child.description || at === "judge.reward" || at === "judge.self_reward", `${at} has no description`);
      walk(child, `${at}.`);
    }
  };
  walk(configJsonSchema() as JsonSchema, "");
  const derived = ["name", "engine.threads", "engine.micro_batch_tokens", "engine.python", "optimizer.lr"];
  const ofSomeTask = ["game.data", "challenger.task", "challenger.template"];
  const judges = [...Object.keys(namesOfJudges), "judge.endpoint.requests_per_minute"];
  const alarms = alarmKinds.map((kind) => `alarms.${kind}.action`);
  const imitated = ["data", "records", "split", "lr", "max_tokens", "early_stop.accuracy"].map(
    (key) => `imitation.${key}`,
  );
  const required = ["model.path", "game.task", "algorithm.name"];
  const without = settingPaths.filter((path) => schemaAt(path)?.default === undefined);
  assert.deepEqual(without.sort(), [...derived, ...ofSomeTask, ...judges, ...alarms, ...imitated, ...required].sort());
});
