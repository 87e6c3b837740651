import { fixed } from "../../shared/numbers.ts";
import type { AnswerRecord, QueryRecord } from "../data/records.ts";

/** Something about an answer or its group that a person should know before trusting the numbers. */
export interface Remark {
  readonly kind: "unscored" | "judge" | "clip" | "no-contrast" | "empty";
  /** One word, for a row. */
  readonly flag: string;
  /** What is wrong, in a sentence. */
  readonly sentence: string;
  readonly alarming: boolean;
}

/** What R says where it is a verifier's: right from here on. */
const right = 0.5;

/**
 * Remarks on one answer, the worst first.
 * @param verified whether R is a verifier's, which the self-reward can contradict
 */
export function answerRemarks(answer: AnswerRecord, query: QueryRecord, verified: boolean): Remark[] {
  const remarks: Remark[] = [];
  if (answer.unscored !== undefined) {
    const sentence = `Unscored: ${answer.unscored}. It counts in no mean, and teaches nothing.`;
    remarks.push({ kind: "unscored", flag: "unscored", sentence, alarming: true });
  }
  const contradiction = verified ? contradictionOf(answer, query) : undefined;
  if (contradiction) remarks.push({ kind: "judge", flag: "judge ≠", sentence: contradiction, alarming: true });
  if (answer.stop === "length") {
    const sentence = `Cut at the token limit, ${answer.tokens.length} tokens: the answer has no end.`;
    remarks.push({ kind: "clip", flag: "clip", sentence, alarming: false });
  }
  if (answer.text === "") {
    remarks.push({ kind: "empty", flag: "empty", sentence: "The answer has no text.", alarming: false });
  }
  return remarks;
}

/** Remarks on a query: each kind once, the worst first. */
export function queryRemarks(query: QueryRecord, verified: boolean): Remark[] {
  const all = [
    ...query.answers.flatMap((answer) => answerRemarks(answer, query, verified)),
    ...(noContrast(query) ? [contrastRemark(query)] : []),
  ];
  const order: readonly Remark["kind"][] = ["unscored", "judge", "clip", "empty", "no-contrast"];
  return order.flatMap((kind) => all.find((remark) => remark.kind === kind) ?? []);
}

/** Whether a query's answers teach nothing, because none is better or worse than the others. */
export function noContrast({ admitted, answers }: QueryRecord): boolean {
  return admitted && answers.length > 0 && answers.every(({ advantage }) => advantage === 0);
}

function contrastRemark({ answers }: QueryRecord): Remark {
  const sentence = `No contrast: all ${answers.length} answers are worth the same, so every advantage is 0 and the Solver learns nothing from them.`;
  return { kind: "no-contrast", flag: "0-var", sentence, alarming: false };
}

/**
 * The self-reward contradicts the verifier where it gives a wrong answer no less than a right one to the same query, or all
 * seven points where there is no right one [ours].
 */
function contradictionOf(answer: AnswerRecord, { answers, expected }: QueryRecord): string | undefined {
  if (answer.reward === null || answer.reward >= right || answer.selfReward === null) return undefined;
  const rivals = answers.flatMap(({ reward, selfReward }) =>
    reward !== null && reward >= right && selfReward !== null ? [selfReward] : [],
  );
  const least = rivals.length > 0 ? Math.min(...rivals) : 7;
  if (answer.selfReward < least) return undefined;
  const wanted = expected === undefined ? "" : ` (${expected} expected)`;
  const given = `the judge still gives ${fixed(answer.selfReward, 1).replace(/\.0$/, "")} of 7`;
  const rival = rivals.length > 0 ? ", no less than a right answer to the same query" : "";
  return `Verifier says wrong${wanted}; ${given}${rival}.`;
}
