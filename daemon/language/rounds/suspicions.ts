import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import { visibleLine } from "../../text/visible.ts";
import { figure } from "./figures.ts";
import { bigramRepetition, isRepetitive } from "./repetition.ts";

/** Something about a sample that a person should look at. */
export interface Suspicion {
  /** Stable, `language/<what>`. */
  readonly code: string;
  /** Whether something is wrong, or only worth knowing. */
  readonly isWarning: boolean;
  readonly message: string;
}

/** From this self-reward on a judge calls an answer good, and up to the other one bad, of 7 [ours]. */
const goodSelfReward = 5;
const badSelfReward = 2;

/** What is odd about a query, and about its answers as a group. */
export function suspicionsAboutQuery(query: QueryRecord): Suspicion[] {
  return [
    ...(query.stop === "length" ? [truncated("query", query.tokens.length)] : []),
    ...repeated("query", query.tokens),
    ...withoutAdvantage(query),
  ];
}

/** What is odd about an answer. */
export function suspicionsAboutAnswer(answer: AnswerRecord): Suspicion[] {
  return [
    ...(answer.stop === "length" ? [truncated("answer", answer.tokens.length)] : []),
    ...repeated("answer", answer.tokens),
    ...disagreement(answer),
    ...unscored(answer),
  ];
}

function truncated(what: "query" | "answer", tokens: number): Suspicion {
  const message = `This ${what} was cut at the token limit, after ${tokens} tokens: its end is missing.`;
  return { code: "language/truncated", isWarning: true, message };
}

function repeated(what: "query" | "answer", tokens: readonly number[]): Suspicion[] {
  if (!isRepetitive(tokens)) return [];
  const share = Math.round(100 * bigramRepetition(tokens));
  const message = `This ${what} repeats itself: ${share} % of its pairs of neighbouring tokens were there before. [ours]`;
  return [{ code: "language/repeated", isWarning: true, message }];
}

/** A group without advantages is often taken for a bug, so it is explained. */
function withoutAdvantage({ admitted, answers }: QueryRecord): Suspicion[] {
  const isFlat = answers.every(({ advantage }) => advantage === 0);
  if (!admitted || answers.length === 0 || !isFlat) return [];
  const rewards = new Set(answers.map(({ reward }) => reward));
  const selfRewards = new Set(answers.map(({ selfReward }) => selfReward));
  const scored = answers.filter(({ reward }) => reward !== null).length;
  const message =
    scored < 2
      ? `Only ${scored} of ${answers.length} answers has a score, so none has an advantage: it takes two to compare.`
      : `All ${answers.length} answers earned the same${sameScores(rewards, selfRewards)}, so none has an advantage: an advantage is how far an answer is above its group's mean. Nothing is wrong; but for the pull towards the reference, the Solver learns nothing from this query.`;
  return [{ code: "language/no-advantage", isWarning: false, message }];
}

function sameScores(rewards: ReadonlySet<number | null>, selfRewards: ReadonlySet<number | null>): string {
  // Rewards may differ and still add up to the same.
  if (rewards.size !== 1 || selfRewards.size !== 1) return " in sum";
  const [[reward], [selfReward]] = [[...rewards], [...selfRewards]];
  return selfReward === null ? ` (R ${figure(reward)})` : ` (R ${figure(reward)}, R_Q ${figure(selfReward)})`;
}

function disagreement({ reward, selfReward }: AnswerRecord): Suspicion[] {
  if (selfReward === null) return [];
  const scores = `R ${figure(reward)}, R_Q ${figure(selfReward)} of 7`;
  const code = "language/judge-disagrees";
  if (reward === 0 && selfReward >= goodSelfReward) {
    return [
      { code, isWarning: true, message: `The judge likes an answer that the verifier calls wrong (${scores}). [ours]` },
    ];
  }
  if (reward === 1 && selfReward <= badSelfReward) {
    return [
      {
        code,
        isWarning: true,
        message: `The judge dislikes an answer that the verifier calls right (${scores}). [ours]`,
      },
    ];
  }
  return [];
}

function unscored({ unscored: reason }: AnswerRecord): Suspicion[] {
  if (reason === undefined) return [];
  const message = `This answer is unscored, which is not a score of 0: ${visibleLine(reason)}. It has no say in its group's mean.`;
  return [{ code: "language/unscored", isWarning: true, message }];
}
