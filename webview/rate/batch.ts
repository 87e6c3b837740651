import type { ParamsOf, ResultOf } from "../../daemon/protocol.ts";
import { type Entry, emptyEntry, scoreOf } from "./entry.ts";

/** An answer to rate, without anything that tells how it was scored. */
export type Sample = ResultOf<"sparring/sample/next">["samples"][number];

/** A rating as it is sent. */
export type NewRating = ParamsOf<"sparring/sample/rate">["rating"];

/** How many samples are fetched and rated in one go. */
export const batchSize = 20;

/**
 * A batch of samples, rated from the first to the last: sample i was submitted as `submitted[i]`, and the one after the last
 * submitted is on the screen. Every entry is kept, so that a sample that is taken back returns with what was entered, and the
 * one that it pushes aside loses nothing.
 */
export interface Batch {
  readonly samples: readonly Sample[];
  readonly entries: readonly Entry[];
  readonly submitted: readonly NewRating[];
  /** Whether the judge's scores were hidden, for each sample: whoever takes a sample back has seen them. */
  readonly blind: readonly boolean[];
  /** Ids of ratings that the daemon refused and the rater gave up. A batch that an earlier version kept does not say it. */
  readonly lost?: readonly string[];
}

/** A batch of which nothing is rated. @param blind false where the rater comes from a place that shows scores */
export function newBatch(samples: readonly Sample[], blind: boolean): Batch {
  return { samples, entries: samples.map(() => emptyEntry), submitted: [], blind: samples.map(() => blind) };
}

/** The sample to rate now; undefined when all are. */
export function currentOf(batch: Batch): Current | undefined {
  const at = batch.submitted.length;
  const sample = batch.samples[at];
  return sample && { sample, entry: batch.entries[at]!, blind: batch.blind[at]! };
}

/** The sample on the screen. */
export interface Current {
  readonly sample: Sample;
  readonly entry: Entry;
  readonly blind: boolean;
}

/** The sample that was submitted last. */
export function previousOf(batch: Batch): Previous | undefined {
  const rating = batch.submitted.at(-1);
  if (!rating) return undefined;
  return {
    sample: batch.samples[batch.submitted.length - 1]!,
    rating,
    isLost: batch.lost?.includes(rating.id) === true,
  };
}

/** The sample that was submitted last, with its rating. */
export interface Previous {
  readonly sample: Sample;
  readonly rating: NewRating;
  /** Whether its rating was given up: the sample may come again then, to be rated blind. */
  readonly isLost: boolean;
}

/** The batch with another entry for the current sample. */
export function enter(batch: Batch, entry: Entry): Batch {
  return { ...batch, entries: batch.entries.with(batch.submitted.length, entry) };
}

/**
 * Submits what was entered for the current sample, or that it was looked at and skipped.
 * @param id      of the rating, chosen here so that it counts once however often it is sent
 * @param seconds since the sample came on the screen
 */
export function submit(
  batch: Batch,
  by: { readonly id: string; readonly rater: string; readonly seconds: number; readonly skipped: boolean },
): { readonly batch: Batch; readonly rating: NewRating } {
  const { sample, entry, blind } = currentOf(batch)!;
  const timed: Entry = { ...entry, seconds: entry.seconds + by.seconds };
  const rating: NewRating = {
    id: by.id,
    rater: by.rater,
    round: sample.round,
    query: sample.query,
    answer: sample.answer,
    score: by.skipped ? null : scoreOf(timed),
    ...(!by.skipped && { criteria: timed.met.map((met) => (met ? 1 : 0)) }),
    ...(timed.note.trim() !== "" && { comment: timed.note.trim() }),
    blind,
    seconds: timed.seconds,
  };
  return { batch: { ...enter(batch, timed), submitted: [...batch.submitted, rating] }, rating };
}

/** Notes that the rater now sees what the judge gave the sample that was submitted last. */
export function reveal(batch: Batch): Batch {
  const at = batch.submitted.length - 1;
  return batch.blind[at] ? { ...batch, blind: batch.blind.with(at, false) } : batch;
}

/**
 * Goes back to the sample that was submitted last; its rating has to be taken back.
 * @param seconds that the sample which makes room was on the screen
 */
export function takeBack(batch: Batch, seconds: number): Batch {
  const current = currentOf(batch);
  const timed = current ? enter(batch, { ...current.entry, seconds: current.entry.seconds + seconds }) : batch;
  return { ...timed, submitted: batch.submitted.slice(0, -1) };
}

/** A rating that the daemon refused and the rater gave up: its sample counts as skipped. */
export function giveUp(batch: Batch, id: string): Batch {
  return {
    ...batch,
    submitted: batch.submitted.map((rating) => (rating.id === id ? { ...rating, score: null } : rating)),
    lost: [...(batch.lost ?? []), id],
  };
}

/**
 * Samples a minute, from the median time of those that were submitted, so that a break doesn't count. Undefined before the
 * third, when it would be a guess.
 */
export function paceOf({ submitted }: Batch): number | undefined {
  const seconds = submitted.map((rating) => rating.seconds ?? 0).sort((a, b) => a - b);
  const median = (seconds[(seconds.length - 1) >> 1]! + seconds[seconds.length >> 1]!) / 2;
  return seconds.length < 3 || median === 0 ? undefined : 60 / median;
}
