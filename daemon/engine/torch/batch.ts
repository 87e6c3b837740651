import type { Sequence, UpdateStats } from "../engine.ts";
import type { FrameArray } from "../frames.ts";
import { concatenate, split } from "../onnx/wire.ts";

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

/** Prompts and responses as they cross to the worker. */
export function flatten(sequences: readonly Sequence[]): FrameArray[] {
  const prompts = sequences.map(({ prompt }) => prompt);
  const responses = sequences.map(({ response }) => response);
  return [...concatenate(Int32Array, prompts), ...concatenate(Int32Array, responses)];
}

/** Rows as they come from the worker: all elements, and each row's length. */
export function rowsOf(arrays: readonly FrameArray[]): Float32Array[] {
  return split(arrays[0] as Float32Array, arrays[1] as Int32Array);
}

/** @throws RangeError unless there is a coefficient for each token of a response */
export function requireCoefficients(response: ArrayLike<number>, given: Float32Array | undefined, index: number): void {
  if (given?.length === response.length) return;
  throw new RangeError(`sequence ${index} has ${response.length} tokens and ${given?.length} coefficients`);
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
