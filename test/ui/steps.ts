import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Window } from "./vscode.ts";

/** Where a window's last sight goes when a step fails; not part of the tree. */
const failures = "dist/ui-failures";

/** Runs one step of a test that only goes on where each step went well. */
export type Step = (name: string, body: () => Promise<void>) => Promise<void>;

/** Steps of a test in a window: each is a test of its own, the first failure ends them and leaves a picture. */
export function stepsIn(t: TestContext, window: Window): Step {
  return async (name, body) => {
    let failure: unknown;
    await t.test(name, async () => {
      try {
        await body();
      } catch (error) {
        failure = error;
        mkdirSync(failures, { recursive: true });
        await window.page.screenshot({ path: join(failures, `${name.replace(/\W+/g, "-")}.png`) });
        throw error;
      }
    });
    if (failure !== undefined) throw failure;
  };
}
