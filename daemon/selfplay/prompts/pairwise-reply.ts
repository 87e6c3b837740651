/** Reads what a judge writes who compares two answers. The text is hostile; time is linear in its length. */
import type { Better } from "./pairwise.ts";

/** A judge's verdict on two answers, or why there is none. */
export type Comparison =
  | {
      readonly better: Better;
      /** What it wrote before its first tag. */
      readonly rationale: string;
    }
  | { readonly better: null; readonly unscored: string };

const verdicts = new Map<string, Better>([
  ["a", "A"],
  ["b", "B"],
  ["tie", "tie"],
]);

/**
 * The verdict in `<Better>` [ours]: the last line that has such a tag counts, so that a judge may change its mind. There the tag holds
 * A, B or tie and nothing else, and several tags say the same; a reply that repeats the three forms it was offered has no verdict.
 */
export function parseComparison(reply: string): Comparison {
  const line = reply.split(/\r?\n/).findLast((each) => /<better>/i.test(each));
  if (line === undefined) return { better: null, unscored: "the reply has no verdict in <Better>" };
  const said = Array.from(line.matchAll(/<better>([^<]*)/gi), ([, content]) =>
    verdicts.get(content.trim().toLowerCase()),
  );
  const [better] = said;
  if (better === undefined || said.some((each) => each === undefined)) {
    return { better: null, unscored: "the reply's <Better> holds neither A, nor B, nor tie" };
  }
  if (said.some((other) => other !== better)) {
    return {
      better: null,
      unscored: "the reply contradicts itself: its last line with <Better> has different verdicts",
    };
  }
  return { better, rationale: reply.split(/<better>/i, 1)[0].trim() };
}
