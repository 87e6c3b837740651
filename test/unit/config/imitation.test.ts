/** The config's section for imitation: what is required, what has no effect where, and which settings contradict each other. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, test } from "node:test";
import { settingPaths } from "../../../daemon/config/keys.ts";
import { applyOverrides, resolveConfig } from "../../../daemon/config/load.ts";
import { usedSettings } from "../../../daemon/config/used.ts";
import { imitationAlgorithms } from "../../../daemon/selfplay/registry.ts";
import { parse, problemOf } from "./helpers.ts";

const text = (name: string, more = ""): string => `model:
  path: builtin:nano
game:
  task: addition
algorithm:
  name: ${name}
imitation:
  data: builtin:addition-pairs
${more}`;

describe("imitation", () => {
  test("every algorithm of imitation has a config, in which exactly what its formula reads is used", () => {
    const letters = ["beta", "c", "eta", "lambda", "smoothing", "against", "tau", "length_average"];
    for (const { name, uses } of Object.values(imitationAlgorithms)) {
      const used = [...usedSettings(parse(text(name))).keys()];
      const keys: readonly string[] = uses.map((key) => (key === "lengthAverage" ? "length_average" : key));
      assert.deepEqual(
        letters.filter((key) => used.includes(`imitation.${key}`)),
        letters.filter((key) => keys.includes(key)),
        name,
      );
      const section = /^(kl|judge|challenger|admission)\./;
      assert.deepEqual(
        used.filter((path) => section.test(path)),
        [],
        name,
      );
      assert.deepEqual(resolveConfig({ ...parse(text(name)) }), parse(text(name)), "a stored config reads the same");
    }
    assert.ok(settingPaths.includes("imitation.early_stop.window"));
  });

  test("data are required, and a file's path is relative to the config", () => {
    const missing = problemOf(text("spin").replace(/imitation:\n.*\n/, ""));
    assert.deepEqual([missing.code, missing.place], ["config/missing-key", "a.sparring.yaml:6:9"]);
    assert.match(missing.next, /addition-expert/);
    const file = text("spin").replace("builtin:addition-pairs", "pairs.jsonl");
    assert.equal(parse(file).imitation.data, resolve("pairs.jsonl"));
    assert.match(problemOf(file, ["imitation.records=5"]).message, /a file's records are all used/);
  });

  test("what an algorithm does not read is told on its line, with those that do", () => {
    const unused = (name: string, line: string): string => {
      const { code, message, place } = problemOf(text(name, line));
      assert.deepEqual([code, place], ["config/unused-key", "a.sparring.yaml:9:3"]);
      return message;
    };
    assert.match(unused("spin", "  eta: 1\n"), /only spac reads it/);
    assert.match(unused("dpo", "  iterations: 2\n"), /only spin, spif and spac read it/);
    assert.match(unused("spac", "  mix_previous: true\n"), /only spin and spif read it/);
    assert.match(problemOf(text("lsp")).message, /imitates no data/);
    assert.match(problemOf(text("spin"), ["kl.beta=0.1"]).message, /it has no Challenger, no judge/);
    assert.match(problemOf(text("spin"), ["model.reference=base"]).message, /compare with their opponent/);
    assert.match(
      problemOf(text("spin"), ["imitation.lr=1e-3", "optimizer.lr=1e-3"]).message,
      /imitation\.lr takes its/,
    );
    assert.equal(parse(text("dpo"), ["model.reference=base"]).model.reference, "base");
  });

  test("lists are of iterations, which are of rounds", () => {
    assert.deepEqual(parse(text("spin"), ["imitation.beta=[0.1, 0.1, 5]"]).imitation.beta, [0.1, 0.1, 5]);
    const long = problemOf(text("spin"), ["imitation.beta=[1, 2, 3, 4]"]);
    assert.equal(long.message, "imitation.beta: 4 values are listed, and there are 3 iterations");
    assert.match(problemOf(text("dpo"), ["imitation.beta=[1, 2]"]).next, /Write one value/);
    assert.match(problemOf(text("spin"), ["imitation.beta=[1, no]"]).message, /imitation\.beta/);
    const many = problemOf(text("spin"), ["game.rounds=2"]);
    assert.deepEqual([many.code, many.next], ["config/conflict", "Set it to at most 2, or raise game.rounds."]);
  });

  test("what depends on the algorithm, and on the game", () => {
    assert.deepEqual(
      ["spin", "sft"].map((name) => parse(text(name)).optimizer.lr),
      [5e-7, 2e-5],
    );
    assert.match(problemOf(text("spin").replace("addition\n", "word-sums\n")).message, /sums as nano reads them/);
    const open = text("sft").replace("addition\n", "open\n").replace("builtin:addition-pairs", "a.jsonl");
    assert.equal(parse(open, ["eval.every=5"]).eval.every, 5);
    assert.match(problemOf(open, ["eval.limit=5"]).message, /only the held-out records/);
    assert.match(problemOf(open, ["solver.max_tokens=5"]).message, /generates no answers/);
  });

  test("a fork to another kind of game drops what that does not use", () => {
    const spin = parse(text("spin"), ["imitation.beta=2", "imitation.iterations=4"]);
    const lsp = applyOverrides(spin, ["algorithm.name=lsp"]).config;
    assert.deepEqual([lsp.imitation.data, lsp.imitation.beta, lsp.kl.beta], [undefined, 0.1, 0.05]);
    const back = applyOverrides(lsp, ["algorithm.name=spac", "imitation.data=builtin:addition-pairs"]).config;
    assert.deepEqual([back.imitation.batch, back.imitation.iterations, back.imitation.lambda], [32, 3, 1]);
  });
});
