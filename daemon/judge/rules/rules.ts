import type { Judgement } from "../scorer.ts";
import { type Pattern, SlowPattern } from "./patterns.ts";

/**
 * Judges an answer by a rule: 1 if it is right, 0 if it is wrong, unscored where the rule can't tell.
 * @param expected the right answer, as data or the task's family know it; rules of form alone don't look at it
 */
export type Rule = (answer: string, expected: string) => Judgement;

const right: Judgement = { value: 1, rationale: "right" };

function wrong(why: string): Judgement {
  return { value: 0, rationale: `wrong: ${why}` };
}

function unscored(why: string): Judgement {
  return { value: null, unscored: why };
}

/** The same text, white space at both ends aside. */
export const exact: Rule = (answer, expected) =>
  answer.trim() === expected.trim() ? right : wrong(`${expected.trim()} is right`);

/**
 * The answer's last number equals the expected one, within a tolerance: |a − e| ≤ max(absolute, relative·|e|). Commas between
 * groups of three digits are read over; an answer without a number is wrong.
 */
export function numeric(tolerance: { readonly absolute: number; readonly relative: number }): Rule {
  return (answer, expected) => {
    const e = lastNumber(expected);
    if (e === undefined) return unscored(`the expected answer “${expected}” has no number`);
    const a = lastNumber(answer);
    if (a === undefined) return wrong(`it has no number; ${expected.trim()} is right`);
    const margin = Math.max(tolerance.absolute, tolerance.relative * Math.abs(e));
    return Math.abs(a - e) <= margin ? right : wrong(`${expected.trim()} is right, its last number is ${a}`);
  };
}

function lastNumber(text: string): number | undefined {
  const numbers = text.match(
    /(?<![\w.])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?|(?<![\w.])[-+−]?\.\d+/g,
  );
  const last = numbers?.at(-1);
  return last === undefined ? undefined : Number(last.replaceAll(",", "").replace("−", "-"));
}

/** The pattern is found in the answer. A search that takes too long says nothing about it. */
export function matches(pattern: Pattern): Rule {
  return (answer) =>
    inTime(() =>
      pattern.test(answer) ? { value: 1, rationale: "the pattern is found" } : wrong("the pattern is not found"),
    );
}

/** The work's judgement, unless a pattern in it takes too long. */
export function inTime(work: () => Judgement): Judgement {
  try {
    return work();
  } catch (error) {
    if (error instanceof SlowPattern) return unscored(error.message);
    throw error;
  }
}

/**
 * The letter of the right choice, A to Z. Where an answer names several, its last `\boxed{B}` counts, else its last “answer is B”,
 * else its last (B), else an answer that is a letter alone or begins with one, as in “B. Paris”. Without a letter it is wrong.
 */
export const choice: Rule = (answer, expected) => {
  const e = expected.trim().toUpperCase();
  if (!/^[A-Z]$/.test(e)) return unscored(`the expected answer “${expected}” is not the letter of a choice`);
  const a = chosenLetter(answer);
  if (a === undefined) return wrong(`it names no choice; ${e} is right`);
  return a === e ? right : wrong(`${e} is right, it names ${a}`);
};

const letterForms = [
  /\\boxed\{\s*(?:\\text\{)?\(?([A-Za-z])\)?\}?\s*\}/g,
  /\b[Aa]nswer(?:\s+is)?\s*:?\s*[*_]*\(?([A-Z])\)?(?![A-Za-z])/g,
  /\(([A-Z])\)/g,
  /^\s*[*_]*([A-Za-z])[*_]*\s*(?:$|[.):]\s)/g,
];

function chosenLetter(answer: string): string | undefined {
  for (const form of letterForms) {
    const letter = [...answer.matchAll(form)].at(-1)?.[1];
    if (letter !== undefined) return letter.toUpperCase();
  }
  const trimmed = answer.trim().replace(/[.)]$/, "");
  return /^[A-Za-z]$/.test(trimmed) ? trimmed.toUpperCase() : undefined;
}
