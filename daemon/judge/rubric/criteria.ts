import type { VerifiableFamily } from "../../tasks/task.ts";
import type { Criterion, Judgement, Pair, Scorer } from "../scorer.ts";

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
export function criteriaScorer(family: VerifiableFamily): Scorer {
  return {
    name: `criteria:${family.name}`,
    range: [0, 7],
    score: async (pairs) => pairs.map((pair) => judge(family, pair)),
  };
}

/** The criteria that look at form alone: 1 and 2 on the query, 3 and 6 on the answer. */
const formCriteria = [1, 2, 3, 6];

/**
 * R_Q by form alone [ours], for studies: criteria 1, 2, 3 and 6 of `criteriaScorer`, which need no right answer, times 7/4, so
 * that it has the range of the others. It sees whether an answer is a number and nothing else, never whether it is right.
 */
export function formScorer(family: VerifiableFamily): Scorer {
  return {
    name: `form:${family.name}`,
    range: [0, 7],
    score: async (pairs) => pairs.map((pair) => judgeForm(family, pair)),
  };
}

function judgeForm(family: VerifiableFamily, pair: Pair): Judgement {
  const unmet = unmetOf(criteriaOf(family, pair)).filter((index) => formCriteria.includes(index));
  const value = (7 * (formCriteria.length - unmet.length)) / formCriteria.length;
  const asked = `of criteria ${formCriteria.join(", ")}`;
  return { value, rationale: `${asked} ${unmet.length === 0 ? "all met" : `not met: ${unmet.join(", ")}`}` };
}

function judge(family: VerifiableFamily, pair: Pair): Judgement {
  const criteria = criteriaOf(family, pair);
  const value = criteria.reduce((sum: number, criterion) => sum + criterion, 0);
  const unmet = unmetOf(criteria);
  return {
    value,
    criteria,
    rationale: `${unmet.length === 0 ? "all met" : `not met: ${unmet.join(", ")}`}; ${why(family, pair)}`,
  };
}

function unmetOf(criteria: readonly Criterion[]): number[] {
  return criteria.flatMap((criterion, i) => (criterion === 1 ? [] : [i + 1]));
}

/** All seven, met or not. */
function criteriaOf(family: VerifiableFamily, { query, answer, stop, duplicate }: Pair): Criterion[] {
  const parsed = family.parse(query);
  const right = parsed.ok ? family.expected(parsed.query) : undefined;
  const number = numberOf(answer);
  const { agree, places } = digitsRight(number, right);
  const met = [
    parsed.ok || parsed.outOfRange === true,
    parsed.ok && !duplicate,
    /^(0|[1-9]\d*)$/.test(number),
    number.length === right?.length,
    parsed.ok && family.verify(parsed.query, answer) === 1,
    number !== "" && answer === number && stop === "stop",
    right !== undefined && 2 * agree >= places,
  ];
  return met.map((isMet): Criterion => (isMet ? 1 : 0));
}

function why(family: VerifiableFamily, { query, answer }: Pair): string {
  const parsed = family.parse(query);
  if (!parsed.ok) return "the query has no right answer";
  const right = family.expected(parsed.query);
  const { agree, places } = digitsRight(numberOf(answer), right);
  return `by the verifier ${right} is right; ${agree} of ${places} digits agree`;
}

/** The answer's first run of digits. */
function numberOf(answer: string): string {
  return /\d+/.exec(answer)?.[0] ?? "";
}

/**
 * How many digits of a number are right: places counted from the right (units under units) that hold the same digit.
 * Of max(digits of the number, digits of the right answer) places, so a missing or surplus digit is a wrong one.
 */
function digitsRight(number: string, right = ""): { readonly agree: number; readonly places: number } {
  const units = [...right].reverse();
  const agree = [...number].reverse().filter((digit, place) => digit === units[place]).length;
  return { agree, places: Math.max(number.length, right.length) };
}
