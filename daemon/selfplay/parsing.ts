/**
 * Reads what models write: the Challenger's query and the self-reward judge's verdict. The text is hostile: anything
 * may be missing, repeated or endless. Time is linear in its length.
 */
import type { ReadQuery } from "./admission.ts";
import { endMarker, placeholders, startMarker } from "./prompts/challenger.ts";

/** A judge's verdict on a pair, or why there is none. */
export type SelfReward =
  | {
      /** 0–7. */
      readonly score: number;
      /** The seven criteria in order, where the calculation lists them and agrees with the score. */
      readonly criteria?: readonly (0 | 1)[];
      /** The sum of the points in `<Calculation>`, where it is not the score. */
      readonly calculation?: number;
      /** The justification: what stands before the tags. */
      readonly rationale: string;
    }
  | { readonly score: null; readonly unscored: string };

/**
 * The last integer 0–7 in `<Score>`, else the sum in `<Calculation>`, else unscored [paper, as our notes have it].
 * Ours: "4/7" and "4 out of 7" are 4; a sum is made of zeros and ones, and what is after its "=" isn't read.
 */
export function parseSelfReward(reply: string): SelfReward {
  const points = lastPoints(reply);
  const sum = points?.reduce<number>((total, point) => total + point, 0);
  const score = tagContents(reply, "score").flatMap(integers).filter(inRange).at(-1) ?? sum;
  if (score === undefined || !inRange(score)) {
    return {
      score: null,
      unscored: "the reply has neither an integer 0–7 in <Score> nor a sum of points in <Calculation>",
    };
  }
  const rationale = reply.split(/<(?:calculation|score)>/i, 1)[0].trim();
  if (sum !== undefined && sum !== score) return { score, calculation: sum, rationale };
  return points?.length === 7 ? { score, criteria: points, rationale } : { score, rationale };
}

/**
 * The query in a Challenger's text: what stands between the markers of its prompt, or the whole text, because it is told
 * to leave them out.
 * @param template the prompt's, where it had one: its placeholders must have been filled in
 */
export function parseChallenger(text: string, template = ""): ReadQuery {
  const blocks = text.split(startMarker);
  if (blocks.length > 2) return { ok: false, reason: "it contains more than one input" };
  const query = blocks[blocks.length - 1].split(endMarker, 1)[0].trim();
  if (query === "") return { ok: false, reason: "it is empty" };
  const unfilled = placeholders(template).find((placeholder) => query.includes(placeholder));
  if (unfilled !== undefined) return { ok: false, reason: `the placeholder ${unfilled} was not filled in` };
  return { ok: true, query };
}

function inRange(score: number): boolean {
  return score >= 0 && score <= 7;
}

/** What follows each opening tag, up to the next "<"; a reply that is cut inside a tag still counts. */
function tagContents(reply: string, tag: "score" | "calculation"): string[] {
  return Array.from(reply.matchAll(new RegExp(`<${tag}>([^<]*)`, "gi")), ([, content]) => content);
}

/** Whole numbers that stand alone: neither part of a decimal, nor negative, nor the 7 of "out of 7". */
function integers(text: string): number[] {
  const withoutScale = text.replace(/(?:\/|out of)\s*7(?!\d)/gi, "");
  return Array.from(withoutScale.matchAll(/(?<![\d.,−-])\d+(?![.,]?\d)/g), ([digits]) => Number(digits));
}

/** The zeros and ones of the last calculation that is a sum of those. */
function lastPoints(reply: string): (0 | 1)[] | undefined {
  return tagContents(reply, "calculation")
    .map((content) => content.split("=", 1)[0].split("+"))
    .map((terms) => terms.map((term) => ["0", "1"].indexOf(term.trim()) as -1 | 0 | 1))
    .findLast((points): points is (0 | 1)[] => points.every((point) => point >= 0));
}
