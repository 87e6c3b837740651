import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { Keys } from "../../../daemon/server/keys.ts";

describe("a key", () => {
  const keys = new Keys();
  keys.give("https://judge.example", "sk-1");
  keys.give("http://127.0.0.1:8000", "sk-2");

  test("goes to its origin, and to no other", () => {
    assert.equal(keys.keyFor("https://judge.example/v1/chat?x=1"), "sk-1");
    assert.equal(keys.keyFor("http://127.0.0.1:8000/v1"), "sk-2");
    for (const url of [
      "http://judge.example/",
      "https://judge.example:8443/",
      "https://judge.example.evil.example/",
      "https://evil.example/https://judge.example",
      "https://judge.example@evil.example/",
      "http://127.0.0.1:8001/",
      "http://localhost:8000/",
      "not a url",
    ]) {
      assert.equal(keys.keyFor(url), undefined, url);
    }
  });

  test("is forgotten, and is in nothing that could be printed", () => {
    const own = new Keys();
    own.give("https://judge.example", "sk-3");
    assert.doesNotMatch(inspect(own, { depth: 9, showHidden: true }) + JSON.stringify(own), /sk-3/);
    own.forget("https://judge.example");
    assert.equal(own.keyFor("https://judge.example"), undefined);
  });

  test("is given for an origin that can be trusted with it, only", () => {
    for (const origin of [
      "judge.example",
      "https://judge.example/v1",
      "https://a:b@judge.example",
      "ftp://judge.example",
      "",
      "null",
    ]) {
      assert.throws(() => keys.give(origin, "sk"), { code: "server/bad-origin" }, origin);
    }
    for (const origin of ["http://judge.example", "http://10.0.0.1:80", "http://127.evil.example"]) {
      assert.throws(() => keys.give(origin, "sk"), /insecure|not an origin|unencrypted/, origin);
    }
    keys.give("http://localhost:1234", "sk");
    keys.give("http://[::1]:1234", "sk");
  });
});
