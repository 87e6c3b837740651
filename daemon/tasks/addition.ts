import type { ParsedQuery, TaskFamily } from "./task.ts";

/** The largest operand; the smallest is 0. */
const maxOperand = 99;

/** The operands of a well-formed sum, whatever their size. */
interface Sum {
  readonly a: number;
  readonly b: number;
}

/**
 * Reads exactly `a+b`: decimal numbers without leading zeros, no spaces. One task has one text, so that equal tasks are
 * equal strings.
 */
function readSum(text: string): Sum | undefined {
  const match = /^(0|[1-9]\d*)\+(0|[1-9]\d*)$/.exec(text);
  return match ? { a: Number(match[1]), b: Number(match[2]) } : undefined;
}

/**
 * The held-out share of all pairs, by a hash of the unordered pair: about 600 of the 10,000 ordered ones.
 * Unordered, because who has seen 38+47 has seen 47+38: holding out one order only would measure memory as skill.
 * The constants are frozen: the nano model was pretrained without these pairs.
 */
const heldOutPerMille = 65;

function pairHash({ a, b }: Sum): number {
  return mix(Math.min(a, b) * (maxOperand + 1) + Math.max(a, b) + 1);
}

/** The 32-bit finaliser of MurmurHash3: every input bit moves about half of the output bits. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
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
  return sum !== undefined && pairHash(sum) % 1000 < heldOutPerMille;
}

function expected(query: string): string {
  const sum = readSum(query);
  if (!sum) throw new Error(`"${query}" is not a task of the family "addition": parse it first`);
  return String(sum.a + sum.b);
}

const operands = Array.from({ length: maxOperand + 1 }, (_, i) => i);
const everyTask = operands.flatMap((a) => operands.map((b) => `${a}+${b}`));
const trainingTasks = everyTask.filter((query) => !isHeldOut(query));
/** In the order of another hash, so that any first k of them are a fair sample of all. */
const heldOutTasks = everyTask
  .filter(isHeldOut)
  .map((query, i) => ({ query, order: mix(i + 1) }))
  .sort((x, y) => x.order - y.order)
  .map(({ query }) => query);

/**
 * Addition of two numbers from 0 to 99, e.g. "47+38" with the answer "85" [ours]. The nano model's game.
 * Prompts are in the form that model was pretrained on: the solver's is "47+38=", the Challenger's the bare template.
 */
export const addition: TaskFamily = {
  name: "addition",
  challengerPrompt: () => [{ role: "challenger", content: "{a}+{b}" }],
  parse,
  solverPrompt: (query) => [{ role: "user", content: `${query}=` }],
  expected,
  verify: (query, answer) => (answer === expected(query) ? 1 : 0),
  isHeldOut,
  heldOut: () => heldOutTasks,
  draw: (uniform) => trainingTasks[Math.floor(uniform * trainingTasks.length)]!,
};
