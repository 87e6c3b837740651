import { counted } from "../../shared/numbers.ts";
import type { Agreement } from "./result.ts";

/** Why there are no numbers of agreement, as a heading and a sentence; undefined where there are ratings to compare. */
export function whyNothing(
  { overall, left }: Agreement,
  about: { readonly imitates: boolean; readonly only: string | undefined },
): { readonly title: string; readonly text: string } | undefined {
  if (overall.ratings > 0) return undefined;
  if (about.imitates) {
    return {
      title: "Nobody judges in this run",
      text: "It imitates data: answers get no scores of a judge that yours could be compared with. Ratings are kept, and can be exported.",
    };
  }
  if (left.unjudged > 0) {
    return {
      title: "No judge's scores to compare with",
      text: `${counted(left.unjudged, "rating is", "ratings are")} of answers that the judge gave no score, or that are gone.`,
    };
  }
  const needed = overall.kappa.kind === "too-few" ? ` Numbers come with ${overall.kappa.of} rated queries.` : "";
  return {
    title: about.only === undefined ? "No blind ratings yet" : "No blind ratings of yours yet",
    text: `How far judge and people agree shows here as you rate.${needed}`,
  };
}

/** Ratings that count nowhere, and why: "13 not blind, 2 skipped"; empty where there are none. */
export function leftText({ notBlind, skipped, unjudged }: Agreement["left"]): string {
  return [
    ...(notBlind > 0 ? [`${notBlind} not blind`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(unjudged > 0 ? [`${unjudged} of answers without a judge's score`] : []),
  ].join(", ");
}
