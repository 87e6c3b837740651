import type { TaskFamily } from "../tasks/task.ts";
import type { Criterion, Judgement, Pair, Scorer } from "./scorer.ts";

/**
 * R_Q(q, a) of the nano game (algorithms.md 2b) [ours]: the seven criteria of the paper's self-reward, taken literally
 * for a family whose answers are natural numbers; each met one adds 1. No model is asked: a model of nano's size can't
 * judge by reading, so what a large reference would judge is computed here.
 *
 *   1 the query parses: it has the family's form, its operands may be out of range
 *   2 both operands are in range, and the query was not seen in this round
 *   3 the answer has a well-formed number: its first run of digits, without a leading zero
 *   4 the number has as many digits as the right answer
 *   5 the answer is right. Uses the verifier, so this self-reward is not independent of the reward R
 *   6 no surplus text: the answer is that number alone, and the model ended it, not the token limit
 *   7 at least half of the digits are right (see `digitsRight`). Like 4 and 5 it knows the right answer
 *
 * A query outside the family has no right answer: 4, 5 and 7 are not met.
 */
export function criteriaScorer(family: TaskFamily): Scorer {
  return {
    name: `criteria:${family.name}`,
    range: [0, 7],
    score: async (pairs) => pairs.map((pair) => judge(family, pair)),
  };
}

function judge(family: TaskFamily, { query, answer, stop, duplicate }: Pair): Judgement {
  const parsed = family.parse(query);
  const right = parsed.ok ? family.expected(parsed.query) : undefined;
  const number = /\d+/.exec(answer)?.[0] ?? "";
  const digits = right === undefined ? 0 : digitsRight(number, right);
  const places = Math.max(number.length, right?.length ?? 0);
  const met = [
    parsed.ok || parsed.outOfRange === true,
    parsed.ok && !duplicate,
    /^(0|[1-9]\d*)$/.test(number),
    number.length === right?.length,
    parsed.ok && family.verify(parsed.query, answer) === 1,
    number !== "" && answer === number && stop === "stop",
    right !== undefined && 2 * digits >= places,
  ];
  const criteria = met.map((isMet): Criterion => (isMet ? 1 : 0));
  const value = criteria.reduce((sum: number, criterion) => sum + criterion, 0);
  const unmet = met.flatMap((isMet, i) => (isMet ? [] : [i + 1]));
  const why =
    right === undefined
      ? "the query has no right answer"
      : `by the verifier ${right} is right; ${digits} of ${places} digits agree`;
  return { value, criteria, rationale: `${unmet.length === 0 ? "all met" : `not met: ${unmet.join(", ")}`}; ${why}` };
}

/**
 * How many digits of a number are right: places counted from the right (units under units) that hold the same digit.
 * Of max(digits of the number, digits of the right answer) places, so a missing or surplus digit is a wrong one.
 */
function digitsRight(number: string, right: string): number {
  const units = [...right].reverse();
  return [...number].reverse().filter((digit, place) => digit === units[place]).length;
}
