/** Sums of two whole numbers from 0 to 99, whatever they are written as. */

import { mix } from "./hash.ts";

/** The largest operand; the smallest is 0. */
export const maxOperand = 99;

/** The operands of a sum. */
export interface Sum {
  readonly a: number;
  readonly b: number;
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

/** Whether a sum is set aside for measuring, in every family of sums alike. */
export function isHeldOutSum(sum: Sum): boolean {
  return pairHash(sum) % 1000 < heldOutPerMille;
}

const operands = Array.from({ length: maxOperand + 1 }, (_, i) => i);
const everySum = operands.flatMap((a) => operands.map((b): Sum => ({ a, b })));

/** All sums that may be trained on. */
export const trainingSums: readonly Sum[] = everySum.filter((sum) => !isHeldOutSum(sum));

/** All others, in the order of another hash, so that any first k of them are a fair sample of all. */
export const heldOutSums: readonly Sum[] = everySum
  .filter(isHeldOutSum)
  .map((sum, i) => ({ sum, order: mix(i + 1) }))
  .sort((x, y) => x.order - y.order)
  .map(({ sum }) => sum);
