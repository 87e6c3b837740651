import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { printable } from "../../../daemon/cli/text/printable.ts";

describe("printable", () => {
  const cases: [what: string, text: string, shown: string][] = [
    ["plain text stays", 'What is 47 + 38? "85" é ü 漢字 🙂', 'What is 47 + 38? "85" é ü 漢字 🙂'],
    ["line breaks and tabs", "a\nb\r\tc", "a\\nb\\r\\tc"],
    ["a colour", "\u001b[31mred", "\\u{1b}[31mred"],
    ["a window title", "\u001b]0;evil\u0007", "\\u{1b}]0;evil\\u{7}"],
    ["an 8-bit escape", "\u009b2J", "\\u{9b}2J"],
    ["erasing", "right\b\b\b\b\bwrong", "right\\u{8}\\u{8}\\u{8}\\u{8}\\u{8}wrong"],
    ["a direction override", "abc\u202ecba", "abc\\u{202e}cba"],
    ["zero-width characters", "a\u200b\u2060\ufeffb", "a\\u{200b}\\u{2060}\\u{feff}b"],
    ["invisible letters", "\u3164\u2800\u00ad", "\\u{3164}\\u{2800}\\u{ad}"],
    ["tags", "\u{e0041}", "\\u{e0041}"],
    ["line separators", "a\u2028b\u2029", "a\\u{2028}b\\u{2029}"],
    ["a lone surrogate", "a\ud800b", "a\\u{d800}b"],
    ["private and unassigned", "\ue000\u{10ffff}", "\\u{e000}\\u{10ffff}"],
    ["stacked accents", `z${"\u0301".repeat(50)}`, "z\u0301\u0301"],
  ];
  for (const [what, text, shown] of cases) test(what, () => assert.equal(printable(text), shown));

  const anything = fc.string({ unit: "binary" });
  // Written as ranges of code points, to be independent of what is tested.
  const obeyed: [first: number, last: number][] = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0x61c, 0x61c],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0xfeff, 0xfeff],
    [0xfff9, 0xfffb],
  ];
  const isObeyed = (char: string) =>
    obeyed.some(([first, last]) => first <= char.charCodeAt(0) && char.charCodeAt(0) <= last);

  test("leaves nothing that a terminal obeys", () => {
    fc.assert(
      fc.property(anything, (text) => assert(![...printable(text)].some(isObeyed))),
      { numRuns: 500 },
    );
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).join(" ");
    assert(![...printable(all)].some(isObeyed));
  });

  test("is well-formed Unicode, and printable as it is", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = printable(text);
        assert.equal(Buffer.from(shown).toString(), shown);
        assert.equal(printable(shown), shown);
      }),
      { numRuns: 500 },
    );
  });
});
