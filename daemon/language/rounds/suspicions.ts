import { isImitation, skipReason } from "../../documents/pairs.ts";
import { bigramRepetition, isRepetitive } from "../../selfplay/repetition.ts";
import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import { visibleLine } from "../../text/visible.ts";
import { disagreement } from "./disagreement.ts";
import { figure } from "./figures.ts";

/** Something about a sample that a person should look at. */
export interface Suspicion {
  /** Stable, `language/<what>`. */
  readonly code: string;
  /** Whether something is wrong, or only worth knowing. */
  readonly isWarning: boolean;
  readonly message: string;
  /** What to do about it, as a sentence. */
  readonly next: string;
}

/** What is odd about a query, and about its answers as a group. */
export function suspicionsAboutQuery(query: QueryRecord): Suspicion[] {
  return [
    ...(query.stop === "length" ? [truncated("query", query.tokens.length)] : []),
    ...repeated("query", query.tokens),
    ...withoutAdvantage(query),
  ];
}

/**
 * What is odd about an answer.
 * @param query    the one that it answers
 * @param verified whether R is a verifier's, which the self-reward can contradict
 */
export function suspicionsAboutAnswer(answer: AnswerRecord, query: QueryRecord, verified: boolean): Suspicion[] {
  return [
    ...(answer.stop === "length" ? [truncated("answer", answer.tokens.length)] : []),
    ...repeated("answer", answer.tokens, answer.role === "generated"),
    ...(verified ? contradicted(answer, query) : []),
    ...unscored(answer),
  ];
}

function truncated(what: "query" | "answer", tokens: number): Suspicion {
  const limit = what === "query" ? "challenger.max_tokens" : "solver.max_tokens";
  return {
    code: "language/truncated",
    isWarning: true,
    message: `This ${what} was cut at the token limit, after ${tokens} tokens: its end is missing.`,
    next: `If many are cut, fork with a higher ${limit}.`,
  };
}

function repeated(what: "query" | "answer", tokens: readonly number[], isGenerated = false): Suspicion[] {
  if (!isRepetitive(tokens)) return [];
  const share = Math.round(100 * bigramRepetition(tokens));
  return [
    {
      code: "language/repeated",
      isWarning: true,
      message: `This ${what} repeats itself: ${share} % of its pairs of neighbouring tokens were there before. [ours]`,
      next: isGenerated
        ? "See whether later iterations write more of these: then fork from an earlier one."
        : "See whether it was rewarded: if so, the judge teaches the model to repeat itself.",
    },
  ];
}

/** A group without advantages is often taken for a bug, so it is explained. */
function withoutAdvantage(query: QueryRecord): Suspicion[] {
  if (isImitation([query])) return skipped(query);
  const { admitted, answers } = query;
  const isFlat = answers.every(({ advantage }) => advantage === 0);
  if (!admitted || answers.length === 0 || !isFlat) return [];
  const rewards = new Set(answers.map(({ reward }) => reward));
  const selfRewards = new Set(answers.map(({ selfReward }) => selfReward));
  const scored = answers.filter(({ reward }) => reward !== null).length;
  return [
    {
      code: "language/no-advantage",
      isWarning: false,
      message:
        scored < 2
          ? `Only ${scored} of ${answers.length} answers has a score, so none has an advantage: it takes two to compare.`
          : `All ${answers.length} answers earned the same${sameScores(rewards, selfRewards)}, so none has an advantage: an advantage is how far an answer is above its group's mean. Nothing is wrong; but for the pull towards the reference, the Solver learns nothing from this query.`,
      next: "Let it be, unless most queries of a round are like this: then they are too easy or too hard to learn from.",
    },
  ];
}

function skipped(query: QueryRecord): Suspicion[] {
  const skip = skipReason(query);
  if (skip === undefined) return [];
  const [first, second] = query.answers;
  const message =
    skip === "identical"
      ? `The ${second?.role} answer is the ${first?.role} one, token by token, so the gradients of the two cancel: the pair is skipped. Nothing is wrong.`
      : "This example is left out of the loss, because one of its answers was cut at the token limit (algorithm.mask_truncated).";
  const next =
    skip === "identical"
      ? "Let it be, unless most pairs of a round are like this: then the opponent has learned the data."
      : "If many are cut, fork with a higher solver.max_tokens.";
  return [{ code: "language/no-advantage", isWarning: false, message, next }];
}

function sameScores(rewards: ReadonlySet<number | null>, selfRewards: ReadonlySet<number | null>): string {
  // Rewards may differ and still add up to the same.
  if (rewards.size !== 1 || selfRewards.size !== 1) return " in sum";
  const [[reward], [selfReward]] = [[...rewards], [...selfRewards]];
  return selfReward === null ? ` (R ${figure(reward)})` : ` (R ${figure(reward)}, R_Q ${figure(selfReward)})`;
}

function contradicted(answer: AnswerRecord, { answers }: QueryRecord): Suspicion[] {
  const found = disagreement(answer, answers);
  if (!found) return [];
  const given = `R_Q ${figure(answer.selfReward)} of 7`;
  const rival =
    found.rival === undefined ? "" : `, and a right answer to the same query no more (R_Q ${figure(found.rival)})`;
  return [
    {
      code: "language/judge-disagrees",
      isWarning: true,
      message: `The verifier calls this answer wrong, and the judge gives it ${given}${rival}. [ours]`,
      next: "See what the judge gave it points for: with lsp, these points are part of what the Solver learns from.",
    },
  ];
}

function unscored({ unscored: reason }: AnswerRecord): Suspicion[] {
  if (reason === undefined) return [];
  return [
    {
      code: "language/unscored",
      isWarning: true,
      message: `This answer is unscored, which is not a score of 0: ${visibleLine(reason)}. It has no say in its group's mean.`,
      next: "Read the reason; if many answers are unscored, the judge can't do its work.",
    },
  ];
}
