import { heldOutSums, isHeldOutSum, maxOperand, type Sum, trainingSums } from "./sums.ts";
import type { ParsedQuery, VerifiableFamily } from "./task.ts";

const template = "What is {a} plus {b}?";

function write({ a, b }: Sum): string {
  return template.replace("{a}", String(a)).replace("{b}", String(b));
}

/** The two words at the template's places, whatever they are; white space and quotes around the whole are left out. */
function readWords(text: string): readonly [a: string, b: string] | undefined {
  const match = /^What is (\S+) plus (\S+)\?$/.exec(withoutQuotes(text));
  return match ? [match[1]!, match[2]!] : undefined;
}

/** A text without white space and quotes around it. (A pattern for its end would take quadratic time.) */
function withoutQuotes(text: string): string {
  const isAround = (char: string): boolean => /[\s"'“”‘’`]/.test(char);
  let [start, end] = [0, text.length];
  while (start < end && isAround(text[start]!)) start++;
  while (start < end && isAround(text[end - 1]!)) end--;
  return text.slice(start, end);
}

function isNumber(word: string): boolean {
  return /^(0|[1-9]\d*)$/.test(word);
}

function parse(text: string): ParsedQuery {
  const words = readWords(text);
  if (!words) return { ok: false, reason: `not of the form "${template}"` };
  if (!words.every(isNumber)) return { ok: false, reason: "an operand is not a whole number, written in digits" };
  const [a, b] = words.map(Number) as [number, number];
  if (a > maxOperand || b > maxOperand) {
    return { ok: false, reason: `an operand is above ${maxOperand}`, outOfRange: true };
  }
  return { ok: true, query: write({ a, b }) };
}

/** The sum that a canonical query asks for; undefined for a text that is none. */
function readSum(query: string): Sum | undefined {
  const words = readWords(query);
  return words?.every(isNumber) ? { a: Number(words[0]), b: Number(words[1]) } : undefined;
}

function expected(query: string): string {
  const sum = readSum(query);
  if (!sum) throw new Error(`"${query}" is not a task of the family "word-sums": parse it first`);
  return String(sum.a + sum.b);
}

/** The last number in a text, as it is written: sign, decimals and separators included. */
function lastNumber(text: string): string | undefined {
  return text.match(/[-−]?\d+(?:[.,]\d+)*/g)?.at(-1);
}

const trainingTasks = trainingSums.map(write);
const heldOutTasks = heldOutSums.map(write);

/**
 * The sums of `addition` for a chat model, e.g. "What is 47 plus 38?" [ours]. The Challenger fills in the template of Box 1's
 * prompt. An answer may explain itself: its last number counts, and must be the sum in plain digits, so "47 + 38 = 85."
 * is right, and "85, as 47 + 38" and "85.0" are wrong. The same pairs are held out as in `addition`.
 */
export const wordSums: VerifiableFamily = {
  name: "word-sums",
  verifiable: true,
  challenge: () => ({ task: `Addition of two whole numbers from 0 to ${maxOperand}`, template }),
  parse,
  solverPrompt: (query) => [{ role: "user", content: query }],
  expected,
  verify: (query, answer) => (lastNumber(answer) === expected(query) ? 1 : 0),
  isHeldOut: (query) => {
    const sum = readSum(query);
    return sum !== undefined && isHeldOutSum(sum);
  },
  heldOut: () => heldOutTasks,
  draw: (uniform) => trainingTasks[Math.floor(uniform * trainingTasks.length)]!,
};
