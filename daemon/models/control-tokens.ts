/**
 * Keeps text and control apart. A chat template writes control tokens (`<|end|>`, role marks) as text, and a model's
 * text (a query, or an answer shown to a judge) stands in the same string. If that text could spell a control token, a
 * model could end a turn that isn't its own, or speak as somebody else.
 *
 * So control tokens get a second spelling that no text can have: two lone low surrogates that encode the token's id.
 * JavaScript strings can hold lone surrogates, Unicode text cannot, and `wellFormed` removes them from all content. The
 * tokenizer knows control tokens by this spelling alone.
 *
 *   content  `<|end|>`  → shield → `<☐|end|>` → template → spell → `<|end|>`    ☐ is a lone high surrogate
 *   the template's own `<|end|>`                         → spell → two surrogates → one token
 */

/** A token that only the template may write. */
export interface ControlToken {
  /** Below 2^20. */
  readonly id: number;
  /** As the template writes it. */
  readonly text: string;
}

const shieldMark = "\ud800";
const firstLowSurrogate = 0xdc00;

/** How the tokenizer knows a control token: its id, ten bits in each of two surrogates. */
export function spelling(id: number): string {
  return String.fromCharCode(firstLowSurrogate + (id >> 10), firstLowSurrogate + (id & 1023));
}

/** Text without lone surrogates: each becomes U+FFFD, which is what UTF-8 would make of it anyway. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/**
 * Marks every place in a content where a control token's text begins, whether it ends there too or what follows the
 * content could complete it. The mark stands after the first character, so a template's trimming still works.
 */
export function shield(content: string, tokens: readonly ControlToken[]): string {
  const text = wellFormed(content);
  let shielded = "";
  let position = 0;
  for (const char of text) {
    const rest = text.slice(position);
    const begins = tokens.some((token) => rest.startsWith(token.text) || token.text.startsWith(rest));
    shielded += begins ? char + shieldMark : char;
    position += char.length;
  }
  return shielded;
}

/** Turns a template's output with shielded contents into text for the tokenizer. Of several tokens the longest wins. */
export function spell(rendered: string, tokens: readonly ControlToken[]): string {
  const spellings = new Map(tokens.map(({ id, text }) => [text, spelling(id)]));
  const longestFirst = [...spellings.keys()].sort((a, b) => b.length - a.length);
  // One pass by code points, so that a mark is told from the first half of a pair.
  const tokenOrMark = new RegExp([...longestFirst.map(escapeRegExp), shieldMark].join("|"), "gu");
  return rendered.replace(tokenOrMark, (found) => spellings.get(found) ?? "");
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
