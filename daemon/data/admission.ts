import { SparringError } from "../errors.ts";
import { type Skip, type SkipReason, skipReasons, Tallies } from "./reasons.ts";
import { Seen } from "./seen.ts";
import type { Example } from "./shapes.ts";
import { type Encoder, lengthOf, tokensOf } from "./tokens.ts";

/** What a model can take. */
export interface Limit {
  readonly encoder: Encoder;
  /** Of prompt and answer together, the end-of-sequence token included. */
  readonly maxTokens: number;
}

/**
 * Decides which records are used: each once, and none that is too long. Nothing is ever cut to fit: an answer without its end
 * teaches never to end, and a prompt without its beginning is another prompt.
 */
export class Admission {
  readonly skipped = new Tallies<SkipReason>(skipReasons);
  rejectedCount = 0;
  private readonly seen = new Seen();
  private readonly limit: Limit | undefined;

  /** @param limit what the model can take; without one no record is too long */
  constructor(limit: Limit | undefined) {
    this.limit = limit;
  }

  /** Counts a record; says whether it is used. */
  admits(example: Example | Skip, line: number): boolean {
    const verdict = "skip" in example ? example : this.examine(example);
    if (verdict) this.skipped.add(verdict.skip, line, verdict.field);
    else if ("rejected" in example) this.rejectedCount++;
    return verdict === undefined;
  }

  private examine(example: Example): Skip | undefined {
    const { prompt, chosen, rejected } = example;
    const isNew = this.seen.add(JSON.stringify([prompt.map(({ role, content }) => [role, content]), chosen, rejected]));
    if (!isNew) return { skip: "duplicate" };
    return this.limit && examineLength(example, this.limit);
  }
}

function examineLength(example: Example, { encoder, maxTokens }: Limit): Skip | undefined {
  try {
    return lengthOf(tokensOf(example, encoder)) > maxTokens ? { skip: "too-long" } : undefined;
  } catch (error) {
    if (error instanceof SparringError && error.code === "model/chat-template") return { skip: "refused-by-template" };
    throw error;
  }
}
