import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { shownOffset, sourceOffset, visible, visibleLine } from "../../../daemon/text/visible.ts";

/** Texts with many of the characters that matter here. */
const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom("\u202e", "\u200b", "\ud800", "‹", "›", "\r", "\n", "\t", "\u0301", "\u2028", "\u001b", "😀", "│"),
    fc.string({ minLength: 1, maxLength: 1, unit: "binary" }),
    fc.constantFrom("a", "b", " "),
  ),
});

describe("the visible form of a text", () => {
  const cases: [string, string][] = [
    ["plain, with\ttabs and\nlines", "plain, with\ttabs and\nlines"],
    ["\u202egnp.exe", "‹U+202E›gnp.exe"],
    ["a\u200bb\ufeff", "a‹U+200B›b‹U+FEFF›"],
    ["\u001b[31mred", "‹U+001B›[31mred"],
    ["a\r\nb\u2028c\u0085d", "a‹U+000D›\nb‹U+2028›c‹U+0085›d"],
    ["‹U+202E›", "‹U+2039›U+202E›"],
    ["e\u0301\u0301\u0301\u0301", "e\u0301\u0301‹U+0301›‹U+0301›"],
    ["\ud800x", "‹U+D800›x"],
    ["漢字 😀 é", "漢字 😀 é"],
  ];
  for (const [text, shown] of cases) {
    test(`of ${JSON.stringify(text)}`, () => assert.equal(visible(text), shown));
  }

  test("in one line writes line feeds and tabs out, too", () => {
    assert.equal(visibleLine("a\n# b\tc"), "a‹U+000A›# b‹U+0009›c");
  });

  test("has nothing in it that an editor obeys or nobody sees", () => {
    const obeyed = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
    fc.assert(fc.property(hostile, (text) => !obeyed.test(visible(text))));
  });

  test("of a character is the same in a plain text and beside something hidden", () => {
    for (let code = 0; code < 0xffff; code++) {
      const character = String.fromCharCode(code);
      assert.equal(visible(`\u202e${character}`), `‹U+202E›${visible(character)}`, code.toString(16));
    }
  });

  test("can be read back", () => {
    const read = (shown: string): string =>
      shown.replace(/‹U\+([0-9A-F]+)›/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
    fc.assert(fc.property(hostile, (text) => assert.equal(read(visible(text)), text)));
  });

  test("maps every character's offset forth and back", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = visible(text);
        let offset = 0;
        for (const character of text) {
          const at = shownOffset(text, offset);
          const next = shownOffset(text, offset + character.length);
          // What stands there is this character's own form; an accent's depends on those before it.
          if (!/\p{M}/u.test(character)) assert.equal(shown.slice(at, next), visible(character));
          assert.equal(sourceOffset(text, at), offset);
          if (next - at > 2) assert.equal(sourceOffset(text, at + 2), offset);
          offset += character.length;
        }
        assert.equal(shownOffset(text, text.length), shown.length);
      }),
    );
  });
});
