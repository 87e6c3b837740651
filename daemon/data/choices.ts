import type { Skip } from "./reasons.ts";

const firstLetter = "A".charCodeAt(0);
const mostChoices = 26;

/** A question with its choices below it, and the right one's letter. */
export interface LetteredQuestion {
  readonly question: string;
  readonly letter: string;
}

/**
 * A question of multiple choice as a model reads it: each choice on a line of its own, "(A) …", "(B) …". [ours]
 * @param choices 2 to 26 different texts
 * @param answer  a letter; or else the choice itself; a number counts choices from 0, as MMLU does
 */
export function lettered(question: string, choices: unknown, answer: string | number): LetteredQuestion | Skip {
  if (!isListOfChoices(choices)) return { skip: "wrong-choices" };
  const place = typeof answer === "number" ? answer : placeOf(answer.trim(), choices);
  if (choices[place] === undefined) return { skip: "unknown-choice" };
  const lines = choices.map((choice, i) => `(${letterAt(i)}) ${choice}`);
  return { question: [question, ...lines].join("\n"), letter: letterAt(place) };
}

function isListOfChoices(choices: unknown): choices is string[] {
  if (!Array.isArray(choices) || choices.length < 2 || choices.length > mostChoices) return false;
  return choices.every((choice) => typeof choice === "string") && new Set(choices).size === choices.length;
}

function placeOf(answer: string, choices: readonly string[]): number {
  const byLetter = /^[A-Z]$/.test(answer) ? answer.charCodeAt(0) - firstLetter : -1;
  return byLetter in choices ? byLetter : choices.indexOf(answer);
}

function letterAt(place: number): string {
  return String.fromCharCode(firstLetter + place);
}
