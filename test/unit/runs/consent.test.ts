import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonSchema } from "../../../daemon/config/json-schema.ts";
import { resolveConfig } from "../../../daemon/config/load.ts";
import { settingsThatNeedTrust } from "../../../daemon/config/trust.ts";
import { SparringError } from "../../../daemon/errors.ts";
import { requireForkTrust, requireTrust } from "../../../daemon/runs/control/consent.ts";

const schema: JsonSchema = {
  type: "object",
  properties: {
    name: { type: "string" },
    engine: {
      type: "object",
      properties: {
        threads: { type: "integer" },
        python: { type: "string", default: "builtin", trust: "starts a program" },
      },
    },
    base_url: { type: "string", trust: "names a server" },
  },
};

describe("settings that need trust", () => {
  test("are those that are marked and set", () => {
    assert.deepEqual(settingsThatNeedTrust({ name: "a", engine: { threads: 2, python: "builtin" } }, schema), []);
    assert.deepEqual(settingsThatNeedTrust({ engine: { python: "./evil" }, base_url: "https://x" }, schema), [
      { path: "engine.python", why: "starts a program" },
      { path: "base_url", why: "names a server" },
    ]);
    assert.deepEqual(settingsThatNeedTrust({ engine: "no section" }, schema), []);
  });

  test("an ordinary config has none", () => {
    const config = resolveConfig({ "model.path": "builtin:nano", "game.task": "addition", "algorithm.name": "lsp" });
    assert.deepEqual(settingsThatNeedTrust(config), []);
  });

  test("an interpreter is one", () => {
    const settings = { "model.path": "builtin:nano", "game.task": "addition", "algorithm.name": "lsp" };
    const config = resolveConfig({ ...settings, "engine.name": "torch", "engine.python": "/venv/bin/python" });
    assert.deepEqual(settingsThatNeedTrust(config), [{ path: "engine.python", why: "starts a program" }]);
  });

  test("are refused from a folder that nobody trusts, and pass from one that somebody does", async () => {
    const settings = settingsThatNeedTrust({ engine: { python: "./evil" }, base_url: "https://x" }, schema);
    const asked: string[] = [];
    const covers = async (folder: string): Promise<boolean> => {
      asked.push(folder);
      return folder === "/mine";
    };
    await requireTrust(settings, "/mine/a.sparring.yaml", covers);
    await requireTrust([], "/cloned/a.sparring.yaml", covers);
    await assert.rejects(requireTrust(settings, "/cloned/a.sparring.yaml", covers), (error) => {
      assert.ok(error instanceof SparringError);
      assert.deepEqual([error.code, error.place], ["run/not-trusted", "/cloned/a.sparring.yaml"]);
      assert.equal(
        error.message,
        "engine.python (and base_url) in this config starts a program, and you have not trusted its folder.",
      );
      assert.match(error.next, /--trust/);
      return true;
    });
    await assert.rejects(requireTrust(settings, undefined, covers), /not trusted/);
    assert.deepEqual(asked, ["/mine", "/cloned"]);
  });
});

describe("the settings of a fork that come from a file", () => {
  const settings = { "model.path": "builtin:nano", "game.task": "addition", "algorithm.name": "grpo" };
  const server = { "judge.reward.kind": "endpoint", "judge.endpoint.model": "m" };
  const parent = resolveConfig({ ...settings, ...server, "judge.endpoint.url": "https://judge.example/v1" });
  const elsewhere = resolveConfig({ ...settings, ...server, "judge.endpoint.url": "https://evil.example/v1" });
  const covers = async (folder: string): Promise<boolean> => folder === "/mine";

  test("need trust only where they differ from its parent's, which was trusted", async () => {
    const file = "/cloned/fork.sparring.yaml";
    await requireForkTrust(parent, resolveConfig({ ...parent, seed: 9 }), file, covers);
    await requireForkTrust(parent, elsewhere, "/mine/fork.sparring.yaml", covers);
    await assert.rejects(requireForkTrust(parent, elsewhere, file, covers), {
      code: "run/not-trusted",
      place: file,
      message: /^judge\.endpoint\.url in this config/,
      next: /the editor asks/,
    });
    await assert.rejects(requireForkTrust(resolveConfig(settings), parent, file, covers), { code: "run/not-trusted" });
  });
});
