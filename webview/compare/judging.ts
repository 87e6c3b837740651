import type { Pick, ResultOf } from "../../daemon/protocol.ts";
import type { Setup } from "./setup.ts";
import { choiceOf, isSwapped, type Verdict, wordsOf } from "./sides.ts";

export type Result = ResultOf<"sparring/checkpoint/compare">;

/** A person's way through a comparison's prompts. */
export interface Judging {
  readonly setup: Setup;
  readonly result: Result;
  /** The prompt that is open. */
  readonly at: number;
  /** By prompt; undefined while it is not picked. */
  readonly picks: readonly (Pick | undefined)[];
  /** Prompts in the order in which they were picked. */
  readonly order: readonly number[];
  /** Prompts of which it was seen whose answers they are: a pick that is made again is not blind. */
  readonly seen: readonly number[];
}

/** A comparison of which nothing is picked, open at the first prompt whose answers differ. */
export function newJudging(setup: Setup, result: Result): Judging {
  const weights = wordsOf(setup.sides, result.weights);
  const judging = {
    setup,
    result: { ...result, weights },
    at: 0,
    picks: result.prompts.map(() => undefined),
    order: [],
    seen: [],
  };
  return isEqual(result, 0) ? { ...judging, at: nextOpen(judging) ?? 0 } : judging;
}

/** Whether both answered a prompt with the same text: then there is nothing to prefer. */
export function isEqual(result: Result, index: number): boolean {
  const [first, second] = result.prompts[index]?.answers ?? [];
  return first !== undefined && first.text === second?.text;
}

/** Whether the second side's answer to a prompt stands on the left. */
export function isPromptSwapped({ setup, result }: Judging, index: number): boolean {
  return isSwapped(setup.sides, result.prompts[index]!.text, index, setup.blind);
}

/** Whether a prompt shows whose answers they are, and their scores. */
export function isOpen(judging: Judging, index: number): boolean {
  return !judging.setup.blind || judging.picks[index] !== undefined || isEqual(judging.result, index);
}

/** The prompt with another index, as far as there is one. */
export function goTo(judging: Judging, index: number): Judging {
  return { ...judging, at: Math.min(judging.result.prompts.length - 1, Math.max(0, index)) };
}

/** The next prompt without a pick whose answers differ, after the open one and then from the start. */
export function nextOpen({ result, at, picks }: Judging): number | undefined {
  const indexes = result.prompts.map((_, index) => index);
  return [...indexes.slice(at + 1), ...indexes.slice(0, at + 1)].find(
    (index) => picks[index] === undefined && !isEqual(result, index),
  );
}

/**
 * Records what a person prefers at the open prompt, and goes on to the next. A prompt that was picked before keeps its pick: it
 * has to be taken back first.
 */
export function pick(
  judging: Judging,
  verdict: Verdict,
  by: { readonly id: string; readonly rater: string },
): { readonly judging: Judging; readonly pick: Pick } | undefined {
  const { setup, result, at } = judging;
  const prompt = result.prompts[at];
  if (!prompt || judging.picks[at] || isEqual(result, at)) return undefined;
  const made: Pick = {
    ...by,
    prompt: prompt.text,
    sides: [...setup.sides],
    answers: prompt.answers.map(({ text }) => text),
    choice: choiceOf(verdict, isPromptSwapped(judging, at)),
    blind: setup.blind && !judging.seen.includes(at),
  };
  const { picks, order, seen } = judging;
  const picked = { ...judging, picks: picks.with(at, made), order: [...order, at], seen: [...seen, at] };
  return { judging: goTo(picked, nextOpen(picked) ?? at), pick: made };
}

/** Goes back to the prompt that was picked last and takes its pick back. */
export function unpick(judging: Judging): { readonly judging: Judging; readonly pick: Pick } | undefined {
  const last = judging.order.at(-1);
  const taken = last === undefined ? undefined : judging.picks[last];
  if (last === undefined || !taken) return undefined;
  return {
    judging: { ...judging, at: last, picks: judging.picks.with(last, undefined), order: judging.order.slice(0, -1) },
    pick: taken,
  };
}

/** Without a pick that the daemon refused and the person gave up. */
export function forget(judging: Judging, id: string): Judging {
  const index = judging.picks.findIndex((made) => made?.id === id);
  if (index < 0) return judging;
  return {
    ...judging,
    picks: judging.picks.with(index, undefined),
    order: judging.order.filter((each) => each !== index),
  };
}
