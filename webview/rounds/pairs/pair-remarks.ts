import type { QueryRecord } from "../data/records.ts";
import { isIdentical } from "./pair-order.ts";

/** Something about an example that a person should know before trusting its numbers. */
export interface PairRemark {
  readonly kind: "identical" | "cut" | "empty";
  /** One word, for a row. */
  readonly flag: string;
  readonly sentence: string;
}

/** Remarks on an example; one that teaches nothing says why. */
export function pairRemarks(query: QueryRecord): PairRemark[] {
  const { answers } = query;
  const isSkipped = answers.every(({ advantage }) => advantage === 0);
  const remarks: PairRemark[] = [];
  if (isIdentical(query)) {
    const [first, second] = answers.map(({ role }) => role);
    const sentence = isSkipped
      ? `Skipped: the ${second} answer is the ${first} one, token by token, so that their gradients cancel.`
      : `The ${second} answer is the ${first} one, token by token.`;
    remarks.push({ kind: "identical", flag: isSkipped ? "skipped: identical" : "identical", sentence });
  }
  const cut = answers.find(({ stop }) => stop === "length");
  if (cut) {
    const isMasked = isSkipped && remarks.length === 0;
    const sentence = `${isMasked ? "Skipped" : "Kept"}: the ${cut.role} answer was cut at the token limit, after ${cut.tokens.length} tokens.`;
    remarks.push({ kind: "cut", flag: isMasked ? "skipped: cut" : "clip", sentence });
  }
  const empty = answers.find(({ text }) => text === "");
  if (empty) remarks.push({ kind: "empty", flag: "empty", sentence: `The ${empty.role} answer has no text.` });
  return remarks;
}
