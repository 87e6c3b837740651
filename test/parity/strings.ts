import { streamUniform } from "../../daemon/engine/random.ts";
import type { ChatMessage } from "../../daemon/models/chat-template.ts";

/**
 * What tokenizers get wrong: white space, digits, contractions, marks that combine, pairs, right-to-left, code.
 *
 * Left out is what @huggingface/tokenizers 0.2 and @huggingface/jinja 0.5 are known to do otherwise than Python: U+FEFF is white
 * space in JavaScript and not in Rust and Python.
 */
const pieces = [
  "a",
  "Hello",
  " world",
  "don't",
  "THEY'LL",
  "we’ve",
  "I'm",
  "'s",
  "0",
  "12",
  "007",
  "1234567890",
  "3.14159",
  "x²",
  "½",
  "٣٤",
  "Ⅷ",
  "1,000,000",
  " ",
  "  ",
  "   ",
  "\n",
  "\n\n",
  "\r\n",
  "\t",
  " \n ",
  "\u00a0",
  "\u3000",
  "\u2028",
  "\u200b",
  "é",
  "e\u0301",
  "\u0301",
  "ﬁ",
  "Å",
  "A\u030a",
  "ß",
  "ÇELİK",
  "ΣΑΣ",
  "日本語",
  "カ\u3099",
  "中文，标点。",
  "한국어",
  "한",
  "العربية",
  "עִבְרִית",
  "हिन्दी",
  "ไทย",
  "👍🏽",
  "👨‍👩‍👧",
  "🇨🇭",
  "𝔘𝔫𝔦",
  "\u{10ffff}",
  "\ufffd",
  "\u0000",
  "\u0007",
  "\u001b[31m",
  "\u007f",
  "def f(x):\n    return x\n",
  '{"a": [1, 2]}',
  "<b>",
  "</s",
  "<|im_",
  "|>",
  "[INST",
  "<0x0A>",
  "▁",
  "Ġ",
  "Ċ",
  "...",
  "!!!???",
  "--",
  "—",
  "``",
  "\\n",
  "a_b-c.d/e",
  "https://example.org/?q=1&r=%20",
  "$x^2$",
  "@user #tag",
  "«quoted»",
];

/** The pieces, and some hundred joins of them: always the same. */
export const nastyTexts: readonly string[] = [
  "",
  ...pieces,
  ...Array.from({ length: 320 }, (_, text) => {
    const count = 2 + Math.floor(streamUniform(text, "tasks", 0) * 8);
    return Array.from({ length: count }, (_, i) => {
      return pieces[Math.floor(streamUniform(text, "tasks", i + 1) * pieces.length)];
    }).join("");
  }),
];

/** A question for each text, some with what was said before. Roles are those that every template here knows. */
export const nastyChats: readonly (readonly ChatMessage[])[] = nastyTexts.map((content, i) => {
  const question = { role: "user", content };
  if (i % 3 !== 0) return [question];
  return [{ role: "user", content: "Hi!" }, { role: "assistant", content: nastyTexts.at(-1 - i)! }, question];
});
