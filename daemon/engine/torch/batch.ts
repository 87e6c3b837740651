import type { Sequence, UpdateStats } from "../engine.ts";
import { concatenate } from "../wire.ts";

/** Micro-batches, as indices of units: of sequences, where each is one. */
export type Plan = readonly (readonly number[])[];

/** Tokens of the longest row. */
export function longest(rows: readonly ArrayLike<number>[]): number {
  return rows.reduce((most, { length }) => Math.max(most, length), 0);
}

/** Every sequence a unit of its own. */
export function singles(batch: readonly Sequence[]): number[][] {
  return batch.map((_, index) => [index]);
}

/** A plan as it crosses to the worker. */
export function flatPlan(plan: Plan): [Int32Array, Int32Array] {
  return concatenate(Int32Array, plan);
}

/** Σ coefficient·logp */
export function objectiveOf(logprobs: readonly Float32Array[], coefficients: readonly Float32Array[]): number {
  return logprobs.reduce((sum, row, i) => row.reduce((total, l, t) => total + l * coefficients[i]![t]!, sum), 0);
}

/** What an update answers its caller. */
export function statsOf(batch: readonly Sequence[], microBatches: number, objective: number): UpdateStats {
  const tokens = batch.reduce((sum, { response }) => sum + response.length, 0);
  return { sequences: batch.length, tokens, microBatches, objective };
}
