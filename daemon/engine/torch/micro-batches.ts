import type { Sequence } from "../engine.ts";

/** Sequences that are computed together or not at all. */
export interface Unit {
  readonly sequences: number;
  /** Tokens of the longest one that the model reads. */
  readonly longest: number;
}

/**
 * Cuts units into micro-batches of at most `maxTokens` padded tokens (one unit at least), longest first, so that units
 * of like length share one. The plan depends on the sizes alone.
 * @returns per micro-batch, indices into `units`
 */
export function microBatches(units: readonly Unit[], maxTokens: number): number[][] {
  const order = units.map((_, index) => index);
  order.sort((a, b) => units[b]!.longest - units[a]!.longest || a - b);

  const batches: number[][] = [];
  let [sequences, longest] = [0, 0];
  for (const index of order) {
    const unit = units[index]!;
    sequences += unit.sequences;
    if (batches.length === 0 || sequences * longest > maxTokens) {
      batches.push([]);
      [sequences, longest] = [unit.sequences, unit.longest];
    }
    batches.at(-1)!.push(index);
  }
  return batches;
}

/** Prompts that are not equal share their beginning from so many tokens on, as in worker/prefix_tree.py. */
const shortestShared = 32;

/**
 * Cuts units into micro-batches of at most `maxTokens` tokens (one unit at least), where a prompt, or the long beginning of one,
 * counts once for all sequences that share it. Units of like prompts share a micro-batch; units of one prompt are kept together
 * unless they alone are above the limit.
 * @param units per unit its sequences, as indices into `batch`
 * @returns     per micro-batch, indices into `units`
 */
export function sharedMicroBatches(
  batch: readonly Sequence[],
  units: readonly (readonly number[])[],
  maxTokens: number,
): number[][] {
  const promptOf = (unit: number): ArrayLike<number> => batch[units[unit]![0] ?? 0]!.prompt;
  const order = units.map((_, index) => index);
  order.sort((a, b) => compare(promptOf(a), promptOf(b)) || a - b);

  const batches: number[][] = [];
  let tokens = 0;
  let last: ArrayLike<number> = [];
  const place = (group: readonly number[]): void => {
    const sequences = group.flatMap((unit) => units[unit]!.map((index) => batch[index]!));
    const added = cost(sequences, last);
    if (batches.length > 0 && tokens + added <= maxTokens) {
      batches.at(-1)!.push(...group);
      tokens += added;
    } else if (group.length > 1 && cost(sequences, []) > maxTokens) {
      for (const unit of group) place([unit]);
      return;
    } else {
      batches.push([...group]);
      tokens = cost(sequences, []);
    }
    last = sequences.at(-1)?.prompt ?? last;
  };
  for (const group of runs(order, (a, b) => compare(promptOf(a), promptOf(b)) === 0)) place(group);
  return batches;
}

/** Tokens that sequences add after one with the prompt `last`. The last response token is predicted, never read. */
function cost(sequences: readonly Sequence[], last: ArrayLike<number>): number {
  let tokens = 0;
  for (const { prompt, response } of sequences) {
    const common = commonLength(prompt, last);
    const shared = common === prompt.length || common >= shortestShared ? common : 0;
    tokens += prompt.length - shared + response.length - 1;
    last = prompt;
  }
  return tokens;
}

/** Neighbours that belong together. */
function runs(order: readonly number[], together: (a: number, b: number) => boolean): number[][] {
  const groups: number[][] = [];
  for (const each of order) {
    const group = groups.at(-1);
    if (group && together(group[0]!, each)) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

/** Tokens that two prompts begin with alike. */
function commonLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** The order of a dictionary. */
function compare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const common = commonLength(a, b);
  return (a[common] ?? -1) - (b[common] ?? -1);
}
