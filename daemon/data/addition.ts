import { createHash } from "node:crypto";
import { SparringError } from "../errors.ts";
import type { ChatMessage } from "../models/chat-template.ts";
import { Admission, type Limit } from "./admission.ts";
import { permutation, type Uniform } from "./order.ts";
import type { DataRecord, Dataset } from "./record.ts";
import { wrongSums } from "./wrong-sum.ts";

/** The game that data are generated of. */
export interface AdditionGame {
  /** All sums that may be trained on: the held-out ones are not among them. */
  readonly sums: readonly { readonly a: number; readonly b: number }[];
  /** The prompt as the game's solver sees it, of a query "47+38". */
  readonly solverPrompt: (query: string) => readonly ChatMessage[];
}

/** Data that need no file, by the names under which a config has them. */
export const builtInData = ["builtin:addition-expert", "builtin:addition-pairs"] as const;
export type BuiltInData = (typeof builtInData)[number];

/** What generated data are made of. */
export interface Generation {
  readonly game: AdditionGame;
  /** How many records; all sums without it. */
  readonly count?: number | undefined;
  /** Chooses sums and mistakes. */
  readonly uniform: Uniform;
  readonly limit?: Limit | undefined;
}

/** Draws of mistakes; `permutation` uses those of block 0. */
const mistakeBlock = 2 ** 32;

/**
 * Sums with right answers, each at most once, in random order: `addition-expert` has the right answer alone, `addition-pairs`
 * also a plausible mistake (see `wrongSums`). Of the same draws, the first n of more records are the same n [ours].
 * @throws SparringError `data/too-many`, `data/none-fits`
 */
export function additionData(name: BuiltInData, { game, count, uniform, limit }: Generation): Dataset {
  const { sums, solverPrompt } = game;
  const wanted = count ?? sums.length;
  if (wanted > sums.length) {
    throw new SparringError(
      "data/too-many",
      `there are ${sums.length} sums to train on, and ${wanted} records were asked for`,
      `Ask for at most ${sums.length}: each is there once.`,
      { place: name },
    );
  }
  const generated = Array.from(permutation(sums.length, 0, uniform).subarray(0, wanted), (place, i): DataRecord => {
    const { a, b } = sums[place]!;
    const mistakes = wrongSums(a, b);
    const mistake = mistakes[Math.floor(uniform(mistakeBlock + i) * mistakes.length)]!;
    const expert = { prompt: solverPrompt(`${a}+${b}`), chosen: String(a + b), line: i + 1 };
    return name === "builtin:addition-pairs" ? { ...expert, rejected: mistake } : expert;
  });
  return datasetOf(name, generated, limit);
}

function datasetOf(name: BuiltInData, generated: readonly DataRecord[], limit: Limit | undefined): Dataset {
  const admission = new Admission(limit);
  const records = generated.filter((record) => admission.admits(record, record.line));
  if (records.length === 0) {
    throw new SparringError(
      "data/none-fits",
      "no sum with its answer has as few tokens as are allowed",
      "Allow more tokens, or use a model that knows digits.",
      { place: name },
    );
  }
  const { rejectedCount } = admission;
  return {
    source: name,
    kind: name,
    count: records.length,
    rejectedCount,
    hasRejected: rejectedCount === records.length,
    skipped: admission.skipped.list(),
    tolerated: [],
    fingerprint: `sha256:${createHash("sha256").update(JSON.stringify(generated)).digest("hex")}`,
    record: async (i) => {
      const record = records[i];
      if (!record) throw new RangeError(`no record ${i} of ${records.length}`);
      return record;
    },
    close: async () => {},
  };
}
