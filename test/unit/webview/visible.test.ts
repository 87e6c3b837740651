import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { clipped, visiblePieces, visibleText } from "../../../webview/shared/visible.ts";

/** Texts with what a hostile model would use: controls, escapes, direction overrides, lone surrogates, stacked accents. */
const texts = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      "\n",
      "\t",
      "\r",
      "\u001b",
      "\u0000",
      "\u200b",
      "\u202e",
      "\u2066",
      "\ufeff",
      "\ud800",
      "\u0301",
      "‹",
    ),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 2 }),
    fc.string({ minLength: 1, maxLength: 3 }),
  ),
});

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe("a text of a model, made visible", () => {
  test("keeps every character of its source, in order", () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, lines) => {
        assert.equal(
          visiblePieces(text, lines)
            .map(({ source }) => source)
            .join(""),
          text,
        );
      }),
    );
  });

  test("shows nothing that can't be seen, but for line feeds where lines are kept", () => {
    fc.assert(
      fc.property(texts, (text) => {
        assert.doesNotMatch(visibleText(text), unseen);
        const kept = visiblePieces(text, true).map((piece) => piece.text);
        assert.doesNotMatch(kept.join("").replaceAll("\n", ""), unseen);
      }),
    );
  });

  test("stands as it is where there is nothing to write out", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "é", "漢", "×", " ", "<", "&") }), (text) => {
        assert.deepEqual(visiblePieces(text), text === "" ? [] : [{ source: text, text, written: false }]);
      }),
    );
  });

  test("can't be told apart from a text that imitates it by its marks alone, so a mark's own sign is written out", () => {
    assert.equal(visibleText("a\u202eb"), "a‹U+202E›b");
    assert.notEqual(visibleText("a‹U+202E›b"), "a‹U+202E›b");
  });

  test("writes out accents beyond the second on one letter", () => {
    assert.equal(visibleText("e\u0301\u0301\u0301\u0301"), "e\u0301\u0301‹U+0301›‹U+0301›");
  });
});

test("a clipped text is its beginning, and ends with a whole character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
      const cut = clipped(text, limit);
      assert.ok(text.startsWith(cut) && cut.length <= limit && cut.length >= Math.min(text.length, limit) - 1);
      assert.doesNotMatch(cut, /\p{Cs}/u);
    }),
  );
});
