import { openData } from "../../data/open.ts";
import type { Dataset } from "../../data/record.ts";
import { requireSameData } from "../../data/same-data.ts";
import { streamUniform } from "../../engine/random.ts";
import { SparringError } from "../../errors.ts";
import { dataOf, regenerates } from "../../selfplay/imitation.ts";
import type { RunData } from "../../store/records.ts";
import { addition } from "../../tasks/addition.ts";
import { trainingSums } from "../../tasks/sums.ts";
import type { ImitationGame } from "../game.ts";
import { leftOut, skippedOf } from "../left-out.ts";
import { type Split, splitOf } from "./batches.ts";
import { partsOf } from "./settings.ts";

/** A run's data, open. */
export interface OpenedData {
  readonly dataset: Dataset;
  readonly split: Split;
  /** For the run's record. */
  readonly facts: RunData;
  /** How much is used; a sentence. */
  readonly summary: string;
  /** What was left out, and why; sentences. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/**
 * Opens and checks what a game imitates. All that is wrong with it is told here, before anything is trained.
 * @param seed  sets records aside, and makes built-in ones
 * @param known the data that the run began with; undefined where it begins
 * @throws SparringError those of `openData` and `requireSameData`, `run/no-room`, `run/no-pairs`, `run/batch-too-large`; AbortedError
 */
export async function openGameData(
  game: ImitationGame,
  seed: number,
  known: RunData | undefined,
  signal: AbortSignal | undefined,
): Promise<OpenedData> {
  const { config, tokenizer } = game;
  const { data, records, held_out: heldOut } = config.imitation;
  const dataset = await openData(data!, {
    // Paths in a config are absolute by now.
    relativeTo: "/",
    game: { sums: trainingSums, solverPrompt: addition.solverPrompt },
    count: records,
    uniform: (i) => streamUniform(seed, "data", i),
    limit: { encoder: tokenizer, maxTokens: maxTokensOf(game) },
    ...(signal && { signal }),
  });
  try {
    if (known) requireSameData(dataset, known.fingerprint);
    requirePairs(game, dataset);
    const split = splitOf(dataset.count, heldOut, seed);
    requireBatches(game, split.training.length, dataset.source);
    const facts = factsOf(dataset, split);
    const told = { summary: summaryOf(facts), warnings: facts.skipped.map(leftOut) };
    return { dataset, split, facts, ...told, close: () => dataset.close() };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** Of prompt and answer together: what the model takes, and where answers are generated, room for one of those. */
function maxTokensOf({ config, algorithm, engine }: ImitationGame): number {
  const { maxSequence } = engine.capabilities;
  const reserved = regenerates(algorithm) ? config.solver.max_tokens : 0;
  const left = maxSequence - reserved;
  if (left >= 2) return Math.min(left, config.imitation.max_tokens ?? left);
  throw new SparringError(
    "run/no-room",
    `solver.max_tokens is ${reserved}, and the model takes ${maxSequence} tokens, the prompt included: no prompt has room.`,
    `Set solver.max_tokens to ${Math.floor(maxSequence / 2)} or less.`,
  );
}

function requirePairs({ algorithm }: ImitationGame, { hasRejected, rejectedCount, count, source }: Dataset): void {
  if (dataOf(algorithm) === "real" || hasRejected) return;
  throw new SparringError(
    "run/no-pairs",
    `${algorithm.name} learns from pairs, and ${count - rejectedCount} of ${count} records have no rejected answer.`,
    "Give data in which every record has chosen and rejected, e.g. builtin:addition-pairs; or set algorithm.name to spin.",
    { place: source },
  );
}

function requireBatches({ config, algorithm }: ImitationGame, training: number, source: string): void {
  const parts = partsOf(config, algorithm);
  const smallest = Math.floor(training / parts);
  const { batch } = config.imitation;
  if (batch <= smallest) return;
  const ofPart = parts === 1 ? "" : ` in the smallest of ${parts} parts`;
  throw new SparringError(
    "run/batch-too-large",
    `imitation.batch is ${batch}, and there are ${smallest} records to train on${ofPart}.`,
    smallest > 0 ? `Set imitation.batch to at most ${smallest}, or give more data.` : "Give more data.",
    { place: source },
  );
}

function factsOf({ source, kind, fingerprint, count, skipped }: Dataset, { heldOut }: Split): RunData {
  return {
    source,
    kind,
    fingerprint,
    records: count,
    heldOut: heldOut.length,
    skipped: skippedOf(skipped),
  };
}

function summaryOf({ source, records, heldOut }: RunData): string {
  return `Imitates ${records - heldOut} records of ${source}; ${heldOut} more are only measured.`;
}
