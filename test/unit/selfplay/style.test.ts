import assert from "node:assert/strict";
import { test } from "node:test";
import { asksForCode, looksLikeCode } from "../../../daemon/selfplay/code-style.ts";
import { styleMetrics } from "../../../daemon/selfplay/style-metrics.ts";

test("code is told by its fences and by how its lines begin", () => {
  const code = [
    "```\nx\n```",
    "Sure:\n~~~",
    "def f(x):",
    "  import os",
    "from a.b import c",
    "const x = 1",
    'print("hi")',
  ];
  for (const text of code) assert.ok(looksLikeCode(text), text);
  const prose = [
    "",
    "47",
    "We import goods from France.",
    "Let x = 1.",
    "The class of 1950 met.",
    "I define f(x) as x.",
  ];
  for (const text of prose) assert.ok(!looksLikeCode(text), text);
});

test("who asks for code, or shows some, gets it rightly", () => {
  for (const text of ["Write a Python script.", "Implement quicksort.", "What does ```f()``` do?\n```\nf()\n```"]) {
    assert.ok(asksForCode(text), text);
  }
  for (const text of ["What is 47 plus 38?", "Describe a sunset."]) assert.ok(!asksForCode(text), text);
});

test("shares are over the answers that they are about", () => {
  const round = [...Array(24).keys()].map(() => 7);
  const answers = [
    { text: "import os", tokens: [1, 2] },
    { text: "again and again", tokens: round },
  ];
  assert.deepEqual(
    styleMetrics([
      { text: "Hello", answers },
      { text: "Some code, please", answers },
    ]),
    {
      "solver/completions/repetitive_ratio": 0.5,
      "solver/completions/code_ratio": 0.5,
    },
  );
  assert.deepEqual(styleMetrics([]), {
    "solver/completions/repetitive_ratio": null,
    "solver/completions/code_ratio": null,
  });
});
