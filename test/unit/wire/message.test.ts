import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { MalformedMessage, parseMessage } from "../../../daemon/wire/message.ts";

describe("a frame", () => {
  test("that is a message is that message", () => {
    for (const message of [
      { jsonrpc: "2.0", id: 1, method: "m", params: { a: [1, { b: null }] } },
      { jsonrpc: "2.0", id: "x", method: "m", params: [1, 2] },
      { jsonrpc: "2.0", id: 1, method: "m", params: null },
      { jsonrpc: "2.0", method: "m" },
      { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 3 } },
      { jsonrpc: "2.0", id: 1, result: null },
      { jsonrpc: "2.0", id: 1, error: { code: -32800, message: "cancelled" } },
      { jsonrpc: "2.0", id: null, error: { code: -32600, message: "no", data: {} } },
    ]) {
      assert.deepEqual(parseMessage(JSON.stringify(message)), message);
    }
  });

  const refused: [text: string, why: RegExp][] = [
    ["", /not JSON/],
    ["{", /not JSON/],
    ["[]", /batch/],
    ["7", /no JSON-RPC/],
    ["null", /no JSON-RPC/],
    ['{"id":1,"method":"m"}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":null,"method":"m"}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":1.5,"method":"m"}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":1,"method":""}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":1,"method":"m","params":"p"}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":1}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":"m"}}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","id":1,"error":"e"}', /no JSON-RPC/],
    ['{"jsonrpc":"2.0","method":"$/cancelRequest","params":{}}', /no JSON-RPC/],
    [`{"jsonrpc":"2.0","method":"m","params":${"[".repeat(100)}${"]".repeat(100)}}`, /nested deeper than 100/],
    ["[".repeat(4_000_000), /nested deeper/],
  ];
  for (const [text, why] of refused) {
    test(`that is ${text.slice(0, 70)} is refused`, () => {
      assert.throws(
        () => parseMessage(text),
        (error) => error instanceof MalformedMessage && why.test(error.message),
      );
    });
  }

  test("may have brackets in its texts, as many as it likes", () => {
    const text = `\\"${"[".repeat(500)}`;
    const message = { jsonrpc: "2.0", method: "m", params: { text } };
    assert.deepEqual(parseMessage(JSON.stringify(message)), message);
  });

  test("is a message or malformed, and nothing else (property)", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          assert.equal(typeof parseMessage(text), "object");
        } catch (error) {
          assert.ok(error instanceof MalformedMessage);
        }
      }),
    );
  });
});
