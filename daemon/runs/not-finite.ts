import { SparringError } from "../errors.ts";
import type { RoundLogprobs } from "../selfplay/algorithm.ts";

/** A round's log-probabilities that are no numbers, before anything was learned from them. */
class BrokenLogprobs extends Error {}

/** Why a run stopped by itself: a round that nothing can be learned from. Its weights are those after the round before. */
export class NotFiniteError extends SparringError {
  /** @param why a clause */
  constructor(run: string, round: number, why: string, cause: unknown) {
    super(
      "run/not-finite",
      `Round ${round} could not be learned from: ${why}. The run stopped there, with the weights after round ${round - 1}.`,
      `Fork an earlier checkpoint with a lower learning rate, or, where rewards are learned from, a higher kl.beta: \`sparring fork ${run}@<round> optimizer.lr=…\`. Resumed, it plays the same round with the same result.`,
      { cause },
    );
  }
}

/** Refuses a round whose log-probabilities are no numbers, and so its loss. @throws an error for `withRound` */
export function requireFinite(current: RoundLogprobs, reference: RoundLogprobs): void {
  if (!areNumbers(reference)) {
    throw new BrokenLogprobs(
      "the reference gives log-probabilities that are no numbers (its weights, or engine.precision, can't be right)",
    );
  }
  if (!areNumbers(current)) {
    throw new BrokenLogprobs(
      "the policy gives log-probabilities that are no numbers (an earlier step spoilt its weights)",
    );
  }
}

/** What made a round fail; where its loss or gradient was not finite, as the NotFiniteError that names the round. */
export function withRound(error: unknown, run: string, round: number): unknown {
  if (error instanceof BrokenLogprobs) return new NotFiniteError(run, round, error.message, error);
  const isGradient = error instanceof SparringError && error.code === "engine/not-finite";
  return isGradient ? new NotFiniteError(run, round, "its gradient is not finite", error) : error;
}

function areNumbers({ answers_NGT, queries_NT }: RoundLogprobs): boolean {
  return [...answers_NGT.flat(), ...queries_NT].every((row) => row.every(Number.isFinite));
}
