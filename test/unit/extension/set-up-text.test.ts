import assert from "node:assert/strict";
import { test } from "node:test";
import { setUpSentence, setUpText } from "../../../extension/documents/results-text.ts";

const python = "/home/torch/venv/bin/python";
const good = { what: "Python", state: "good", text: "Version 3.12.4." } as const;
const warning = { what: "Memory", state: "warning", text: "Little.", next: "Use LoRA." } as const;
const problem = { what: "Driver", state: "problem", text: "Too old.\u202e", next: "Update it." } as const;

test("a set-up is told in a sentence with its worst trouble", () => {
  assert.match(setUpSentence({ ready: true, python, findings: [good] }), /^Runs can use the torch engine: .*config\.$/);
  assert.match(setUpSentence({ ready: true, python, findings: [warning, problem] }), /config\. Too old\.‹U\+202E›$/);
  assert.equal(
    setUpSentence({ ready: false, python: null, findings: [good, warning] }),
    "Runs can't use the torch engine yet. Little.",
  );
  assert.equal(setUpSentence({ ready: true, python: null, findings: [] }), "This environment will do.");
});

test("and in full with every finding and what to do about it", () => {
  assert.equal(
    setUpText({ ready: true, python, findings: [good, problem] }),
    [
      "The torch engine",
      "",
      "ok       Python    Version 3.12.4.",
      "PROBLEM  Driver    Too old.‹U+202E›",
      "                   Update it.",
      "",
      `Runs use ${python}`,
      "",
    ].join("\n"),
  );
});
