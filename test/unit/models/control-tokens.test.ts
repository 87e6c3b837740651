import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type ControlToken, shield, spell, spelling, wellFormed } from "../../../daemon/models/control-tokens.ts";

const tokens: ControlToken[] = ["<|end|>", "<|endless|>", "</s>", "<s>", "[INST]", "aa"].map((text, i) => ({
  id: i * 700,
  text,
}));
/** Any lone low surrogate: the only way to spell a control token. */
const control = /[\udc00-\udfff]/u;

/** Text that likes to come close to control tokens, broken surrogates included. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...tokens.flatMap(({ text }) => [text, text.slice(0, 3), text.slice(1)])),
      fc.constantFrom("\ud800", "\udc00", "\udc00\udc01", "🤖", "a", "<", "|", " "),
      fc.string({ unit: "binary" }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(""));

describe("a content", () => {
  test("never spells a control token, and is otherwise unchanged", () => {
    fc.assert(
      fc.property(hostile, (content) => {
        const spelt = spell(shield(content, tokens), tokens);
        assert.doesNotMatch(spelt, control);
        assert.equal(spelt, wellFormed(content));
      }),
      { numRuns: 2000 },
    );
  });

  test("never completes one together with what stands beside it, and leaves the template's own alone", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (contents) => {
        // Contents side by side without anything between, then between tokens of the template.
        const bare = contents.map((content) => shield(content, tokens)).join("");
        assert.equal(spell(bare, tokens), contents.map(wellFormed).join(""));
        const between = contents.map((content) => `${shield(content, tokens)}</s>`).join("");
        assert.equal(spell(between, tokens), contents.map((content) => wellFormed(content) + spelling(1400)).join(""));
      }),
      { numRuns: 1000 },
    );
  });

  test("keeps its white space at both ends in reach of the template's trim", () => {
    const shielded = shield("  <|end|> ", tokens);
    assert.equal(spell(shielded.trim(), tokens), "<|end|>");
  });
});

describe("the template's text", () => {
  test("becomes spellings, the longest token first", () => {
    assert.equal(spell("<s>a<|endless|>b<|end|>", tokens), `${spelling(2100)}a${spelling(700)}b${spelling(0)}`);
  });

  test("spellings of all ids differ and are not well-formed text", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 20 - 1 }), fc.nat({ max: 2 ** 20 - 1 }), (a, b) => {
        assert.equal(spelling(a) === spelling(b), a === b);
        assert.equal(wellFormed(spelling(a)), "\ufffd\ufffd");
      }),
    );
  });
});
