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
  const lines = choices.map((choice, i) => mark(i) + choice);
  return { question: [question, ...lines].join("\n"), letter: letterAt(place) };
}

/** What `lettered` made, with the right choice alone: the same whatever the others are, and in whatever order; other texts as they are. */
export function withRightChoice(text: string, letter: string): string {
  const place = /^[A-Z]$/.test(letter) ? letter.charCodeAt(0) - firstLetter : -1;
  const first = text.indexOf(`\n${mark(0)}`);
  const right = text.indexOf(`\n${mark(place)}`, first);
  if (place < 0 || first < 0 || right < 0) return text;
  const next = text.indexOf(`\n${mark(place + 1)}`, right);
  const choice = text.slice(right, next < 0 ? undefined : next).replace(mark(place), "");
  return text.slice(0, first) + choice;
}

function isListOfChoices(choices: unknown): choices is string[] {
  if (!Array.isArray(choices) || choices.length < 2 || choices.length > mostChoices) return false;
  return choices.every((choice) => typeof choice === "string") && new Set(choices).size === choices.length;
}

function placeOf(answer: string, choices: readonly string[]): number {
  const byLetter = /^[A-Z]$/.test(answer) ? answer.charCodeAt(0) - firstLetter : -1;
  return byLetter in choices ? byLetter : choices.indexOf(answer);
}

/** What stands before a choice. */
function mark(place: number): string {
  return `(${letterAt(place)}) `;
}

function letterAt(place: number): string {
  return String.fromCharCode(firstLetter + place);
}
