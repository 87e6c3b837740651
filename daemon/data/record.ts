import type { ChatMessage } from "../models/chat-template.ts";
import type { SkipReason, Tally, ToleratedFact } from "./reasons.ts";

/** One example to learn from, whatever fields its file wrote it in. */
export interface DataRecord {
  /** What the answer answers. At least one message, and not all of them blank. */
  readonly prompt: readonly ChatMessage[];
  /** The answer to imitate: the expert's, or the preferred one. As written, white space included; never blank. */
  readonly chosen: string;
  /** The answer that is worse. Never blank, never equal to `chosen`. */
  readonly rejected?: string;
  /** Where it begins in its file; of generated data, its number. Both count from 1. */
  readonly line: number;
}

/** How a file writes its records, or which built-in data it is. */
export type DataKind =
  | "prompt/chosen/rejected"
  | "messages"
  | "real/generated"
  | "instruction/input/output"
  | "prompt/completion"
  | "question/answer"
  | "builtin:addition-expert"
  | "builtin:addition-pairs";

/**
 * Records that a training loop reads in any order. Texts stay in the file: what is held is where each record lies, 16 to 32 bytes.
 */
export interface Dataset {
  /** The file as an absolute path, or `builtin:<name>`. */
  readonly source: string;
  readonly kind: DataKind;
  /** Usable records. At least one. */
  readonly count: number;
  /** How many of them have a rejected answer. */
  readonly rejectedCount: number;
  /** Whether all of them have one. */
  readonly hasRejected: boolean;
  /** What was left out, and why. */
  readonly skipped: readonly Tally<SkipReason>[];
  /** What was read all the same, and a reader should know. */
  readonly tolerated: readonly Tally<ToleratedFact>[];
  /**
   * `sha256:…` of the file's bytes, or of the generated records; for the run's record (see `requireSameData`). Which records
   * are usable also depends on tokenizer, chat template and token limit.
   */
  readonly fingerprint: string;
  /**
   * The record at `index`, of 0 ≤ index < count.
   * @throws SparringError `data/changed` where the file is not the one that was opened
   */
  record(index: number): Promise<DataRecord>;
  close(): Promise<void>;
}
