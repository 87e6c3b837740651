import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ElementSplitter } from "../../daemon/data/elements.ts";
import { LineSplitter } from "../../daemon/data/lines.ts";
import type { Splitter } from "../../daemon/data/pieces.ts";
import { Seen } from "../../daemon/data/seen.ts";

interface Found {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

/** What a splitter makes of bytes that come in chunks of these sizes, again and again; the chunks' memory is used anew. */
function pieces(splitter: Splitter, bytes: Buffer, sizes: readonly number[]): Found[] {
  const found: Found[] = [];
  const take = (all: ReturnType<Splitter["end"]>): void => {
    for (const { bytes: piece, offset, line } of all) {
      found.push({ text: Buffer.from(piece!).toString().trimEnd(), offset, line });
    }
  };
  const buffer = Buffer.alloc(Math.max(...sizes));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    const copied = bytes.copy(buffer, 0, at, at + size);
    take(splitter.push(buffer.subarray(0, copied)));
    at += copied;
  }
  take(splitter.end());
  return found;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const unicodeJson = fc.jsonValue({ stringUnit: "grapheme" });

/** Lines and byte offsets by another way: those of a text's own indices. */
function expected(texts: readonly string[], whole: string): Found[] {
  let from = 0;
  return texts.map((text) => {
    const index = whole.indexOf(text, from);
    from = index + text.length;
    const before = whole.slice(0, index);
    return { text, offset: Buffer.byteLength(before), line: before.split("\n").length };
  });
}

describe("a file is divided alike, however its bytes arrive", () => {
  test("JSON Lines", () => {
    fc.assert(
      fc.property(fc.array(unicodeJson), sizes, fc.boolean(), (values, chunks, isClosed) => {
        const texts = values.map((value) => JSON.stringify(value));
        const whole = texts.join("\n") + (isClosed && texts.length > 0 ? "\n" : "");
        assert.deepEqual(pieces(new LineSplitter(0), Buffer.from(whole), chunks), expected(texts, whole));
      }),
    );
  });
  test("a JSON array, compact or indented", () => {
    fc.assert(
      fc.property(fc.array(unicodeJson), sizes, fc.integer({ min: 0, max: 3 }), (values, chunks, indent) => {
        // Elements as they stand in the array: with its indentation.
        const texts = values.map((value) => JSON.stringify([value], null, indent).slice(1, -1).trim());
        const whole = JSON.stringify(values, null, indent);
        assert.deepEqual(pieces(new ElementSplitter("x", 0), Buffer.from(whole), chunks), expected(texts, whole));
      }),
    );
  });
});

test("what was seen is known, and nothing else", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 3000 }), (numbers) => {
      const [seen, set] = [new Seen(), new Set<number>()];
      for (const number of numbers) {
        assert.equal(seen.add(String(number)), !set.has(number));
        set.add(number);
      }
    }),
    { numRuns: 20 },
  );
});
