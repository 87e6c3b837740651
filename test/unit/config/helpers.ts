import assert from "node:assert/strict";
import { parseConfig } from "../../../daemon/config/load.ts";
import { ConfigError, type Problem } from "../../../daemon/config/problem.ts";
import type { Config } from "../../../daemon/config/schema.ts";

/** The smallest LSP config; lines 1–6, so that what a test appends begins at line 7. */
export const minimal = `model:
  path: builtin:nano
game:
  task: addition
algorithm:
  name: lsp
`;
export const minimalGrpo = minimal.replace("lsp", "grpo");

export function parse(text: string, overrides: string[] = []): Config {
  return parseConfig(text, { file: "a.sparring.yaml", overrides }).config;
}

/** The problems that a config is refused for. */
export function problemsOf(action: () => unknown): readonly Problem[] {
  try {
    action();
  } catch (error) {
    assert(error instanceof ConfigError, `not a ConfigError: ${error}`);
    return error.problems;
  }
  assert.fail("the config was accepted");
}

/** The only problem that a config is refused for. */
export function problemOf(text: string, overrides: string[] = []): Problem {
  const problems = problemsOf(() => parse(text, overrides));
  assert.deepEqual(problems.length, 1, JSON.stringify(problems, null, 2));
  return problems[0];
}
