import { heldOutSums, isHeldOutSum, maxOperand, type Sum, trainingSums } from "./sums.ts";
import type { Message, ParsedQuery, VerifiableFamily } from "./task.ts";

/**
 * Reads exactly `a+b`: decimal numbers without leading zeros, no spaces. One task has one text, so that equal tasks are
 * equal strings.
 */
function readSum(text: string): Sum | undefined {
  const match = /^(0|[1-9]\d*)\+(0|[1-9]\d*)$/.exec(text);
  return match ? { a: Number(match[1]), b: Number(match[2]) } : undefined;
}

function write({ a, b }: Sum): string {
  return `${a}+${b}`;
}

function parse(text: string): ParsedQuery {
  if (text === "") return { ok: false, reason: "empty" };
  const sum = readSum(text);
  if (!sum) return { ok: false, reason: "not of the form a+b" };
  if (sum.a > maxOperand || sum.b > maxOperand) {
    return { ok: false, reason: `an operand is above ${maxOperand}`, outOfRange: true };
  }
  return { ok: true, query: text };
}

function isHeldOut(query: string): boolean {
  const sum = readSum(query);
  return sum !== undefined && isHeldOutSum(sum);
}

function expected(query: string): string {
  const sum = readSum(query);
  if (!sum) throw new Error(`"${query}" is not a task of the family "addition": parse it first`);
  return String(sum.a + sum.b);
}

function challengerPrompt(): readonly Message[] {
  return [{ role: "challenger", content: "{a}+{b}" }];
}

const trainingTasks = trainingSums.map(write);
const heldOutTasks = heldOutSums.map(write);

/**
 * Addition of two numbers from 0 to 99, e.g. "47+38" with the answer "85" [ours]. The nano model's game.
 * Prompts are in the form that model was pretrained on: the solver's is "47+38=", the Challenger's the bare template.
 */
export const addition: VerifiableFamily & { challengerPrompt(): readonly Message[] } = {
  name: "addition",
  verifiable: true,
  challengerPrompt,
  challenge: () => ({ messages: challengerPrompt() }),
  parse,
  solverPrompt: (query) => [{ role: "user", content: `${query}=` }],
  expected,
  verify: (query, answer) => (answer === expected(query) ? 1 : 0),
  isHeldOut,
  heldOut: () => heldOutTasks,
  draw: (uniform) => trainingTasks[Math.floor(uniform * trainingTasks.length)]!,
};
