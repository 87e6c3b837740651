import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver";
import { configCompletion } from "../../../daemon/language/configs/completion.ts";
import { configDiagnostics } from "../../../daemon/language/configs/config-diagnostics.ts";
import { configHover } from "../../../daemon/language/configs/config-hover.ts";
import { configLenses, configSymbols } from "../../../daemon/language/configs/config-lenses.ts";
import { Lines } from "../../../daemon/language/configs/lines.ts";
import { configFixes } from "../../../daemon/language/configs/quick-fixes.ts";
import { edited, marked } from "./marked.ts";

const file = "/work/x.sparring.yaml";
const uri = `file://${file}`;
const whole = "model: { path: builtin:nano }\ngame: { task: addition }\nalgorithm: { name: lsp }\n";

/** Diagnostics as `code: the text that is underlined`. */
function underlined(text: string): string[] {
  const lines = new Lines(text);
  return configDiagnostics(text, file).map(
    ({ code, range }) => `${code}: ${text.slice(lines.offsetAt(range.start), lines.offsetAt(range.end))}`,
  );
}

describe("diagnostics of a config", () => {
  const cases: [string, string[]][] = [
    [whole, []],
    ["", ["config/empty: "]],
    [`${whole}kl:\n  bta: 3\n`, ["config/unknown-key: bta"]],
    [`${whole}kl:\n  beta: -1 # low\n`, ["config/out-of-range: -1"]],
    [`${whole}kl:\n  "beta": "x y"\n`, ['config/wrong-type: "x y"']],
    [`${whole}adapter:\n  targets: [q_proj, z_proj]\n`, ["config/out-of-range: z_proj"]],
    [`${whole}name: a\nname: b\n`, ["config/duplicate-key: name"]],
    [`${whole}top_p: 0.9\n`, ["config/refused-key: top_p"]],
    [`${whole}kl: 3\n`, ["config/wrong-type: 3"]],
    [`${whole}kl: {estimator: literal}\n`, ["config/literal-kl: literal"]],
    ["model:\n\tpath: x\n", ["config/yaml: \tpath: x"]],
    ["game:\n  task: addition\n", ["config/missing-key: game:", "config/missing-key: game:"]],
  ];
  for (const [text, expected] of cases) {
    test(`of ${JSON.stringify(text.replace(whole, ""))}`, () => assert.deepEqual(underlined(text), expected));
  }

  test("have the sentence, the next step and their severity", () => {
    const [unused] = configDiagnostics(`${whole}algorithm2: 1\n`, file);
    assert.match(unused!.message as string, /^there is no setting "algorithm2"\.\nDid you mean algorithm\?$/);
    assert.equal(unused!.severity, DiagnosticSeverity.Error);
    const [warning] = configDiagnostics(`${whole}kl: {estimator: literal}\n`, file);
    assert.equal(warning!.severity, DiagnosticSeverity.Warning);
    assert.match(warning!.message as string, /near the reference\.\nSet kl\.estimator to k2 or k3/);
  });

  test("are none for the examples", () => {
    for (const name of readdirSync("examples").filter((each) => each.endsWith(".sparring.yaml"))) {
      assert.deepEqual(configDiagnostics(readFileSync(`examples/${name}`, "utf8"), `examples/${name}`), [], name);
    }
  });
});

/** Titles of the actions at the mark. */
function actions(withMark: string): string[] {
  const { text, position } = marked(withMark);
  return configFixes(text, file, uri, { start: position, end: position }).map(({ title }) => title);
}

/** The text after the action of that title at the mark. */
function fixed(withMark: string, title: string): string {
  const { text, position } = marked(withMark);
  const action = configFixes(text, file, uri, { start: position, end: position }).find((each) => each.title === title);
  assert.ok(action, `there is no "${title}" among: ${actions(withMark).join(", ")}`);
  return edited(text, action.edit!.changes![uri]!);
}

describe("quick fixes of a config", () => {
  const cases: [string, string, string][] = [
    ["kl:\n  b¦ta: 3\n", "Rename to beta", "kl:\n  beta: 3\n"],
    ["kl:\n  b¦ta: 3\n", "Remove kl.bta", ""],
    ["kl:\n  bta¦: 3\n  estimator: k3 # as TRL\n", "Remove kl.bta", "kl:\n  estimator: k3 # as TRL\n"],
    ["kl: { b¦ta: 3, estimator: k3 }\n", "Remove kl.bta", "kl: { estimator: k3 }\n"],
    ["kl: { estimator: k3, b¦ta: 3 }\n", "Remove kl.bta", "kl: { estimator: k3 }\n"],
    ["kl:\n  beta: 3\n  b¦eta: 4", "Remove kl.beta", "kl:\n  beta: 3\n"],
    ["zz¦zz: a\n", "Remove zzzz", ""],
    ["zz¦zz:\n  # what\n  name: grpo\n", "Remove zzzz", ""],
    ["game2: 3\nr¦ounds: 7\n", "Move to game.rounds", "game2: 3\n"],
    ["solver:\n  l¦r: 1e-4\n", "Move to optimizer.lr", "optimizer:\n  lr: 1e-4\n"],
    [
      "solver:\n  max_tokens: 5\n  l¦r: 1e-4",
      "Move to optimizer.lr",
      "solver:\n  max_tokens: 5\noptimizer:\n  lr: 1e-4\n",
    ],
    ["kl:\n  beta: -1¦\n", "Set to 0", "kl:\n  beta: 0\n"],
    ["kl:\n  beta: 5000¦ # much\n", "Set to 1000", "kl:\n  beta: 1000 # much\n"],
    ["kl:\n  beta: 5000¦\n", "Set to the default (0.05)", "kl:\n  beta: 0.05\n"],
    ["kl:\n  beta: '0.1'¦\n", "Set to 0.1", "kl:\n  beta: 0.1\n"],
    ["kl:\n  estimator: k33¦\n", "Set to k3", "kl:\n  estimator: k3\n"],
    [
      "solver:\n  temperature: 1\nlearning_rate¦: 1e-4\n",
      "Replace learning_rate by optimizer.lr",
      "solver:\n  temperature: 1\noptimizer:\n  lr: 1e-4\n",
    ],
    [
      "optimizer:\n  warmup_rounds: 3\nlearning_rate¦: 1e-4\n",
      "Replace learning_rate by optimizer.lr",
      "optimizer:\n  lr: 1e-4\n  warmup_rounds: 3\n",
    ],
  ];
  for (const [before, title, after] of cases) {
    test(`${title}, in ${JSON.stringify(before)}`, () => {
      // The move into `game` changes the first lines; they are compared, too.
      const expected = title === "Move to game.rounds" ? whole.replace("{ task", "{ rounds: 7, task") : whole;
      assert.equal(fixed(whole + before, title), expected + after);
    });
  }

  test("mask_truncated takes yes for true", () => {
    assert.equal(
      fixed("algorithm:\n  name: grpo\n  mask_truncated: yes¦\n", "Set to true"),
      "algorithm:\n  name: grpo\n  mask_truncated: true\n",
    );
  });

  test("a key that is set and its alias: no move on top of it", () => {
    assert.deepEqual(actions(`${whole}optimizer:\n  lr: 1e-4\nlearning_rate¦: 1e-3\n`), ["Remove learning_rate"]);
  });

  test("a key without effect can be removed", () => {
    const text = whole.replace("lsp", "grpo");
    assert.equal(fixed(`${text}challenger:\n  max_tokens¦: 3\n`, "Remove challenger.max_tokens"), text);
  });

  test("missing keys can be added", () => {
    assert.equal(fixed("game¦:\n  rounds: 3\n", "Add game.task: addition"), "game:\n  task: addition\n  rounds: 3\n");
    assert.equal(
      fixed("game¦:\n  task: addition\n", "Add model.path: builtin:nano"),
      "game:\n  task: addition\nmodel:\n  path: builtin:nano\n",
    );
  });

  test("belong to their diagnostic", () => {
    const { text, position } = marked(`${whole}kl:\n  b¦ta: 3\n`);
    const [first, second] = configFixes(text, file, uri, { start: position, end: position });
    assert.deepEqual([first!.isPreferred, second!.isPreferred], [true, false]);
    assert.deepEqual(
      first!.diagnostics!.map(({ code }: Diagnostic) => code),
      ["config/unknown-key"],
    );
  });
});

describe("hover in a config", () => {
  const hover = (withMark: string): string | undefined => {
    const { text, position } = marked(withMark);
    const found = configHover(text, position);
    return found && (found.contents as { value: string }).value;
  };

  test("says type, range, default and alias of a key", () => {
    const text = hover("kl:\n  be¦ta: 0.1\n")!;
    assert.match(text, /^\*\*`kl\.beta`\*\* · a number from 0 to 1000\n\nWeight of the pull.*\[paper: 0\.05\]/);
    assert.match(text, /Default: `0\.05` · Alias: `beta`$/);
  });

  test("explains an alias, a value, a section, a refused key and a key without effect", () => {
    assert.match(hover("bet¦a: 0.1")!, /^`beta` is another name for `kl\.beta`\./);
    assert.match(hover("kl:\n  beta: 0¦.1\n")!, /`kl\.beta`/);
    assert.match(hover("k¦l:\n  beta: 0.1\n")!, /^\*\*`kl`\*\* · section\n\nThe pull towards/);
    assert.match(hover("top¦_p: 0.1\n")!, /is refused: leaving out/);
    assert.match(hover("algorithm: { name: grpo }\nkl:\n  estima¦tor: k2\n")!, /Has no effect here: grpo always uses/);
  });

  test("is silent elsewhere", () => {
    for (const text of ["# ¦model", "foo: ¦3", "model:\n¦\n", "mo¦del"]) assert.equal(hover(text), undefined);
  });
});

describe("lenses and symbols of a config", () => {
  test("start it or estimate it", () => {
    assert.deepEqual(
      configLenses(whole, uri).map(({ command, range }) => [command!.command, command!.arguments, range.start.line]),
      [
        ["sparring.start", [{ uri }], 0],
        ["sparring.estimate", [{ uri }], 0],
      ],
    );
  });

  test("fork with one that was opened for it", () => {
    const fork = "untitled:fork-of-addition-1.sparring.yaml";
    const commands = (text: string, name: string): string[] =>
      configLenses(text, name).map((lens) => lens.command!.command);
    assert.deepEqual(commands(`# Fork of addition-1 at round 40\n${whole}`, fork), ["sparring.confirmFork"]);
    assert.deepEqual(commands(whole, fork), ["sparring.start", "sparring.estimate"]);
    assert.deepEqual(commands(`# Fork of addition-1 at round 40\n${whole}`, uri), [
      "sparring.start",
      "sparring.estimate",
    ]);
  });

  test("list sections with their settings", () => {
    const [model] = configSymbols("model:\n  path: builtin:nano # the small one\ngame:\n");
    assert.deepEqual(
      [model!.name, model!.range.end, model!.children!.map(({ name, detail }) => [name, detail])],
      ["model", { line: 1, character: 20 }, [["path", "builtin:nano"]]],
    );
  });
});

describe("any text at all", () => {
  const words = fc.constantFrom(
    "model",
    "game",
    ":",
    " ",
    "\n",
    "  ",
    "{",
    "}",
    "[",
    "]",
    "-",
    "#",
    "'",
    '"',
    "a",
    ",",
    "&a",
    "*a",
    "\t",
    "?",
    "|",
    "3",
  );
  test("is answered without a crash, at every position", () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 25 }), fc.nat(30), (parts, at) => {
        const text = parts.join("");
        const position = new Lines(text).positionAt(Math.min(at, text.length));
        configCompletion(text, position);
        configHover(text, position);
        configSymbols(text);
        for (const { edit } of configFixes(text, file, uri, { start: position, end: position })) {
          // Edits that overlap would be refused by the editor.
          edited(text, edit!.changes![uri]!);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("with an alias, whether or not there is what it names", () => {
    for (const text of [": *a", "name: *a", "adapter: {targets: [*a]}", "name: &a x\nalias: [*a, *a]", "*a : 1"]) {
      assert.match(underlined(text).join(), /^config\/yaml: /, text);
      configHover(text, { line: 0, character: 0 });
      configCompletion(text, { line: 0, character: 0 });
    }
  });

  test("however deeply it is nested", () => {
    const text = `model: ${"{a: ".repeat(5000)}`;
    assert.deepEqual(underlined(text).length, 1);
    configHover(text, { line: 0, character: 3 });
  });
});
