import assert from "node:assert/strict";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import { minimal, minimalGrpo, parse } from "./helpers.ts";

describe("defaults", () => {
  test("are the plan's", () => {
    const { engine, ...config } = parse(minimal);
    assert.deepEqual(config, {
      name: "a",
      seed: 1,
      model: { path: "builtin:nano", reference: "stage" },
      game: { task: "addition", held_out: 100, queries: 32, answers: 8, rounds: 300 },
      algorithm: {
        name: "lsp",
        alpha_challenger: 1,
        normalization: "grpo",
        updates_per_round: 1,
        epsilon_low: 0.2,
        epsilon_high: 0.2,
        mask_truncated: false,
      },
      imitation: {
        batch: 32,
        iterations: 3,
        mix_previous: true,
        beta: 0.1,
        c: 1,
        eta: 0.1,
        lambda: 1,
        smoothing: "outer",
        against: "both",
        tau: 0.1,
        length_average: true,
        held_out: 100,
        early_stop: { window: 10 },
      },
      kl: { beta: 0.05, estimator: "k2" },
      challenger: { objective: "minimax", temperature: 1, max_tokens: 128 },
      solver: { temperature: 1, max_tokens: 256 },
      judge: {
        reward: { kind: "verifier" },
        self_reward: { kind: "criteria", scale: 1 },
        rubric: { mode: "generate", compare: 0, temperature: 1, max_tokens: 320 },
        verifier: { rule: "task", tolerance: 0, relative_tolerance: 0 },
        model: { path: "builtin:nano-reward", output: "sigmoid" },
        endpoint: { temperature: 0, max_tokens: 1024, concurrency: 8, timeout_seconds: 60, retries: 4 },
        pairwise: { by: "reference", mode: "generate", opponents: 3, temperature: 1, max_tokens: 320 },
        ensemble: {
          on_missing: "unscored",
          verifier: { weight: 0, scale: 1 },
          rubric: { weight: 0, scale: 1 },
          model: { weight: 0, scale: 1 },
          endpoint: { weight: 0, scale: 1 },
        },
      },
      admission: { on_reject: "drop", margin: 0.1 },
      alarms: {
        action: "warn",
        window: 10,
        kl: { above: 1.5 },
        length: { factor: 2 },
        repetition: { above: 0.2 },
        diversity: { below: 0.9 },
        style: { above: 0.3 },
        judge: { rise: 0.02, fall: 0.05 },
        contrast: { above: 0.7 },
        unscored: { above: 0.2 },
        admission: { below: 0.5 },
      },
      optimizer: {
        lr: 3e-6,
        warmup_rounds: 0,
        schedule: "constant",
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
        weight_decay: 0,
        max_grad_norm: 1,
      },
      eval: { every: 25, temperature: 0, limit: "all" },
      checkpoints: { every: 50, keep: 5 },
      recovery: { every: 1 },
    });
    const { threads: _, ...fixed } = engine;
    assert.deepEqual(fixed, {
      name: "onnx",
      device: "auto",
      precision: "auto",
      deterministic: true,
      plain: [],
      checkpointing: "auto",
    });
    assert(engine.threads >= 1 && engine.threads <= 8);
  });

  test("of the learning rate are the paper's, by algorithm", () => {
    const lr = (name: string) => parse(minimal.replace("lsp", name)).optimizer.lr;
    assert.deepEqual(["lsp", "lsp-zero", "grpo"].map(lr), [3e-6, 3e-6, 1e-6]);
  });

  test("of an adapter fill an empty section; without it all weights are trained", () => {
    assert.equal(parse(minimal).adapter, undefined);
    assert.deepEqual(parse(`${minimal}adapter: {}\n`).adapter, {
      rank: 16,
      alpha: 32,
      rslora: false,
      targets: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    });
  });

  test("of the name come from the file", () => {
    const name = (file: string) => parseConfig(minimal, { file }).config.name;
    assert.equal(name("examples/addition.sparring.yaml"), "addition");
    assert.equal(name("/x/two words.yml"), "two words");
    assert.equal(name(".sparring.yaml"), "run");
    assert.equal(name("x/(odd)*.sparring.yaml"), "odd--");
  });
});

describe("paths", () => {
  const model = (text: string, overrides: string[] = []) =>
    parseConfig(text, { file: "/runs/a.sparring.yaml", overrides }).config.model;
  const written = minimal.replace("builtin:nano", "../models/tiny");

  test("in a file are relative to it", () => assert.equal(model(written).path, "/models/tiny"));
  test("on the command line are relative to the working folder", () =>
    assert.equal(model(written, ["model.path=tiny"]).path, resolve("tiny")));
  test("in overrides are relative to a given folder", () => {
    const { config } = parseConfig(minimal, { file: "a.yaml", overrides: ["model.path=tiny"], folder: "/elsewhere" });
    assert.equal(config.model.path, "/elsewhere/tiny");
  });
  test("may begin at the home folder", () =>
    assert.equal(model(written, ["model.reference=~/tiny"]).reference, resolve(homedir(), "tiny")));
  test("of an interpreter are relative to the file, whatever they look like", () => {
    const text = `${minimal}engine: { name: torch, python: venv/python }\n`;
    const { config } = parseConfig(text, { file: "/runs/a.sparring.yaml" });
    assert.equal(config.engine.python, "/runs/venv/python");
  });
  test("of the hub stay as they are, unless there is such a folder", () => {
    assert.equal(model(minimal, ["model.path=org/name@v1"]).path, "org/name@v1");
    assert.equal(model(minimal, ["model.reference=org/name"]).reference, "org/name");
    assert.equal(model(minimal, ["model.path=test/unit"]).path, resolve("test/unit"));
    assert.equal(model(minimal, ["model.path=./org/name"]).path, resolve("org/name"));
  });
  test("may be words", () => {
    assert.deepEqual(model(minimal, ["model.reference=base"]), { path: "builtin:nano", reference: "base" });
    assert.equal(model(minimal, ["model.reference=./base"]).reference, resolve("base"));
  });
});

describe("names of other trainers", () => {
  test("are understood at the top level and on the command line", () => {
    const text = minimal.replace("model:\n  path: builtin:nano", "model_name_or_path: builtin:nano");
    const config = parse(`${text}num_generations: 4\nbeta: 0.1\nsave_steps: 10\nsave_total_limit: 2\n`, [
      "learning_rate=1e-4",
      "max_completion_length=7",
    ]);
    assert.equal(config.model.path, "builtin:nano");
    assert.equal(config.game.answers, 4);
    assert.equal(config.kl.beta, 0.1);
    assert.deepEqual(config.checkpoints, { every: 10, keep: 2 });
    assert.equal(config.optimizer.lr, 1e-4);
    assert.equal(config.solver.max_tokens, 7);
  });

  test("dotted keys are understood in files too", () => {
    assert.equal(parse(`${minimal}optimizer.lr: 1e-4\n`).optimizer.lr, 1e-4);
  });
});

describe("overrides", () => {
  test("win over the file, under any name", () => {
    const text = `${minimal}learning_rate: 1e-3\nkl: {beta: 0.2}\n`;
    const config = parse(text, ["optimizer.lr=1e-4", "beta=0"]);
    assert.equal(config.optimizer.lr, 1e-4);
    assert.equal(config.kl.beta, 0);
  });

  test("are read as YAML values, texts as they are", () => {
    const config = parse(minimal.replace("builtin:nano", "/m"), [
      "adapter.targets=[q_proj, v_proj]",
      "algorithm.mask_truncated=true",
      "model.path=/a=b: c",
      "name=5",
    ]);
    assert.deepEqual(config.adapter?.targets, ["q_proj", "v_proj"]);
    assert.equal(config.algorithm.mask_truncated, true);
    assert.equal(config.model.path, "/a=b: c");
    assert.equal(config.name, "5");
  });
});

describe("warnings", () => {
  const warnings = (overrides: string[]) =>
    parseConfig(minimal, { file: "a.yaml", overrides }).warnings.map(({ code }) => code);

  test("none for a usual config", () => assert.deepEqual(warnings([]), []));
  test("for the literal KL term, which does not pull", () =>
    assert.deepEqual(warnings(["kl.estimator=literal"]), ["config/literal-kl"]));
  test("for a warm-up that never ends", () => {
    assert.deepEqual(warnings(["optimizer.warmup_rounds=20", "game.rounds=10"]), ["config/long-warmup"]);
    assert.deepEqual(warnings(["optimizer.warmup_rounds=20", "game.rounds=20"]), []);
  });
  test("each says what to do", () => {
    const overrides = ["kl.estimator=literal", "optimizer.warmup_rounds=20", "game.rounds=10"];
    const steps = parseConfig(minimal, { file: "a.yaml", overrides }).warnings.map(({ next }) => next);
    assert.deepEqual(steps, [
      "Set kl.estimator to k2 or k3, or keep it to see what the formula does.",
      "Lower optimizer.warmup_rounds, or raise game.rounds.",
    ]);
  });
});

test("clipping is configurable where it happens", () => {
  const config = parse(minimalGrpo, ["algorithm.updates_per_round=2", "algorithm.epsilon_high=0.3"]);
  assert.equal(config.algorithm.epsilon_high, 0.3);
});
