import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CompletionItem, TextEdit } from "vscode-languageserver";
import { keysOf } from "../../../daemon/config/keys.ts";
import { configCompletion } from "../../../daemon/language/configs/completion.ts";
import { edited, marked } from "./marked.ts";

/** The labels that are offered at the mark, in the order in which an editor shows them. */
function offered(withMark: string): string[] {
  return items(withMark).map(({ label }) => label);
}

function items(withMark: string): CompletionItem[] {
  const { text, position } = marked(withMark);
  return configCompletion(text, position).toSorted((a, b) => (a.sortText! < b.sortText! ? -1 : 1));
}

/** The text after an item was taken. */
function taken(withMark: string, label: string): string {
  const item = items(withMark).find((each) => each.label === label);
  assert.ok(item, `${label} is not offered`);
  return edited(marked(withMark).text, [item.textEdit as TextEdit]);
}

describe("completion of keys", () => {
  test("on an empty file offers all sections, the required ones first", () => {
    const labels = offered("¦");
    assert.deepEqual(labels.slice(0, 3).toSorted(), ["algorithm", "game", "model"]);
    assert.deepEqual(labels.toSorted(), keysOf("").toSorted());
  });

  test("leaves out what is there", () => {
    const labels = offered("model:\n  path: builtin:nano\n¦\ngame:\n  task: addition\n");
    assert.ok(!labels.includes("model") && !labels.includes("game"));
    assert.equal(labels[0], "algorithm");
  });

  test("in a section offers its keys, in the middle of a word too", () => {
    const text = "game:\n  task: addition\n  qu¦\n  rounds: 3\nkl:\n  beta: 0\n";
    assert.deepEqual(offered(text).toSorted(), ["answers", "data", "held_out", "queries"]);
    assert.equal(taken(text, "queries"), "game:\n  task: addition\n  queries: \n  rounds: 3\nkl:\n  beta: 0\n");
  });

  test("replaces a key that has its colon", () => {
    assert.equal(taken("game:\n  ans¦wrs: 4\n", "answers"), "game:\n  answers: 4\n");
  });

  test("two levels deep, whatever the indentation", () => {
    assert.deepEqual(offered("judge:\n    # a comment\n\n    self_reward:\n       ¦\n").toSorted(), ["kind", "scale"]);
  });

  test("opens a section on a line of its own", () => {
    assert.equal(taken("judge:\n  self¦", "self_reward"), "judge:\n  self_reward:\n    ");
  });

  test("puts keys without effect last, with the reason", () => {
    const found = items("algorithm:\n  name: grpo\n¦");
    assert.deepEqual(
      found.slice(-2).map(({ label }) => label),
      ["challenger", "admission"],
    );
    assert.match(found.at(-1)!.detail!, /^no effect: grpo has no Challenger/);
  });

  test("between braces", () => {
    const text = "game: { task: addition, qu¦ }";
    assert.deepEqual(offered(text).toSorted(), ["answers", "data", "held_out", "queries", "rounds"]);
    assert.equal(taken(text, "rounds"), "game: { task: addition, rounds:  }");
    assert.deepEqual(offered("judge: { self_reward: { ¦").toSorted(), ["kind", "scale"]);
  });

  const nothing = ["# ga¦", "model:\n  path: x\n    ¦", "model:¦", "model:\n  path: a b¦", "foo:\n  ¦", "game: {} ¦"];
  for (const text of nothing) {
    test(`offers nothing in ${JSON.stringify(text)}`, () => assert.deepEqual(offered(text), []));
  }
});

describe("completion of values", () => {
  test("offers the words of an enumeration, and marks the default", () => {
    const found = items("kl:\n  estimator: ¦");
    assert.deepEqual(
      found.map(({ label, detail }) => [label, detail]),
      [
        ["k2", "default"],
        ["k3", undefined],
        ["literal", undefined],
      ],
    );
  });

  const cases: [string, string[]][] = [
    ["model:\n  path: ¦", ["builtin:nano"]],
    ["model:\n  path: buil¦tin", ["builtin:nano"]],
    ["model:\n  reference: ¦", ["stage", "base"]],
    ["algorithm:\n  mask_truncated: ¦", ["true", "false"]],
    ["eval:\n  limit: ¦", ["all"]],
    ["game:\n  queries: ¦", ["32"]],
    ["model_name_or_path: ¦", ["builtin:nano"]],
    ["algorithm: { name: ¦ }", ["lsp", "lsp-zero", "grpo", "sft", "spin", "spif", "spac", "dpo", "ipo"]],
  ];
  for (const [text, values] of cases) {
    test(`in ${JSON.stringify(text)}`, () => assert.deepEqual(offered(text), values));
  }

  test("of a list, in both forms", () => {
    assert.ok(offered("adapter:\n  targets: [q_proj, ¦]").includes("k_proj"));
    assert.ok(offered("adapter:\n  targets:\n  - q_proj\n  - ¦").includes("k_proj"));
  });

  test("replaces the word at the cursor", () => {
    assert.equal(taken("model:\n  path: buil¦tin", "builtin:nano"), "model:\n  path: builtin:nano");
  });
});
