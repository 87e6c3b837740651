import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { resolveModel } from "../../../daemon/models/resolve.ts";
import { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import { loadPieceTokenizer, namedPiecesOf, piecesOf } from "../../../daemon/runs/reading/token-pieces.ts";

/** A byte-level vocabulary: every byte is a token, and so are some longer pieces of bytes. */
const byteLevel = (ids: readonly number[]): string =>
  new TextDecoder().decode(
    Uint8Array.from(ids.flatMap((id) => (id < 256 ? [id] : [...Buffer.from(words[id - 256]!)]))),
  );
const words = ["und ", " ein", "é", "ße", "漢字", "🦜🦜"];

/** As Llama 2's: `▁` is a space, of which the first is taken off; bytes that are no UTF-8 are a mark each, over a whole run. */
const metaspace = (ids: readonly number[]): string => {
  const pieces: string[] = [];
  let run: number[] = [];
  const flush = (): void => {
    if (run.length === 0) return;
    const text = new TextDecoder().decode(Uint8Array.from(run));
    pieces.push(text.includes("\ufffd") ? "\ufffd".repeat(run.length) : text);
    run = [];
  };
  for (const id of ids) {
    if (id < 256) run.push(id);
    else {
      flush();
      pieces.push([" a", "b", " ", " cd"][id % 4]!);
    }
  }
  flush();
  return pieces.join("").replace(/^ /, "");
};

describe("pieces of text", () => {
  for (const [name, decode, limit] of [
    ["a byte-level", byteLevel, 256 + words.length],
    ["a metaspace", metaspace, 260],
  ] as const) {
    test(`of any tokens are one a token, and together the text: ${name} decoder`, () => {
      const anyTokens = fc.array(fc.oneof(fc.nat(limit - 1), fc.constantFrom(195, 169, 226, 130, 172)), {
        maxLength: 40,
      });
      fc.assert(
        fc.property(anyTokens, (ids) => {
          const pieces = piecesOf(ids, decode);
          assert.equal(pieces.length, ids.length);
          assert.equal(pieces.join(""), decode(ids));
        }),
        { numRuns: 500 },
      );
    });
  }

  test("of UTF-8 text: a part of a character is with the token that completes it", () => {
    assert.deepEqual(piecesOf([...Buffer.from("a€b")], byteLevel), ["a", "", "", "€", "b"]);
    assert.deepEqual(piecesOf([97, 226, 130], byteLevel), ["a", "\ufffd", ""]);
    assert.deepEqual(piecesOf([256, 257, 260], byteLevel), ["und ", " ein", "漢字"]);
  });

  test("keep the spaces between words where the decoder takes off the first", () => {
    assert.deepEqual(piecesOf([256, 257, 256, 259], metaspace), ["a", "b", " a", " cd"]);
  });

  test("of tokens that have a name are the name, and break no character", () => {
    const names = new Map([[300, "<|im_end|>"]]);
    assert.deepEqual(namedPiecesOf([226, 300, 130, 172, 300], byteLevel, names), [
      "",
      "<|im_end|>",
      "",
      "€",
      "<|im_end|>",
    ]);
  });

  test("of nano are its characters, and the names of its control tokens", async () => {
    const { dir } = await resolveModel("builtin:nano", ".");
    const tokenizer = await ChatTokenizer.load(dir);
    const { decode, names } = await loadPieceTokenizer(dir);
    const ids = [...tokenizer.encode("12+34"), ...tokenizer.stopTokens];
    assert.deepEqual(namedPiecesOf(ids, decode, names), ["1", "2", "+", "3", "4", "<|end|>"]);
  });
});
