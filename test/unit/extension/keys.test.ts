import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import type { Daemon } from "../../../extension/daemon/daemon.ts";
import { Keys, originOf } from "../../../extension/daemon/keys.ts";

/** An editor's secret storage, and a daemon that takes keys for https alone. */
function editor() {
  const secrets = new Map<string, string>();
  const told: [method: string, params: unknown][] = [];
  const storage = {
    get: async (name: string) => secrets.get(name),
    store: async (name: string, value: string) => void secrets.set(name, value),
  };
  const request = async (method: string, params: { readonly origin: string }): Promise<null> => {
    if (params.origin.startsWith("http:"))
      throw new SparringError("server/insecure-origin", "Not encrypted.", "Use https.");
    told.push([method, params]);
    return null;
  };
  const keys = new Keys(storage, { request } as unknown as Pick<Daemon, "request">);
  return { secrets, told, keys };
}

describe("keys for judges' servers", () => {
  test("are given to the daemon, kept as one secret, and given again to the next daemon", async () => {
    const { secrets, told, keys } = editor();
    await keys.giveAll();
    assert.deepEqual(told, [], "there is none yet");
    await keys.give("https://a.example", "sk-a");
    await keys.give("https://b.example", "sk-b");
    await keys.give("https://a.example", "sk-newer");
    assert.deepEqual([...secrets.keys()], ["sparring.keys"]);
    assert.deepEqual(await keys.origins(), ["https://a.example", "https://b.example"]);
    told.length = 0;
    await keys.giveAll();
    assert.deepEqual(told, [
      ["sparring/key/give", { origin: "https://a.example", key: "sk-newer" }],
      ["sparring/key/give", { origin: "https://b.example", key: "sk-b" }],
    ]);
  });

  test("are forgotten by both, and never kept where the daemon refuses them", async () => {
    const { told, keys } = editor();
    await keys.give("https://a.example", "sk-a");
    await keys.forget("https://a.example");
    assert.deepEqual(told.at(-1), ["sparring/key/forget", { origin: "https://a.example" }]);
    await assert.rejects(keys.give("http://a.example", "sk-a"), { code: "server/insecure-origin" });
    assert.deepEqual(await keys.origins(), []);
  });

  test("that can't be read are none, and no error quotes them", async () => {
    const { secrets, told, keys } = editor();
    for (const kept of ["sk-not-json", '["sk-a"]', '{"https://a.example":7}']) {
      secrets.set("sparring.keys", kept);
      await keys.giveAll();
      assert.deepEqual([await keys.origins(), told], [[], []], kept);
    }
  });

  test("are bound to the origin of an address", () => {
    assert.equal(originOf("https://api.openai.com/v1/chat"), "https://api.openai.com");
    assert.equal(originOf("HTTP://127.0.0.1:8000/"), "http://127.0.0.1:8000");
    for (const none of ["api.openai.com", "file:///a", "command:x", ""]) assert.equal(originOf(none), undefined);
  });
});
