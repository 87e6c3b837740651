import type { CallOptions, SampleKey } from "../../engine/engine.ts";
import type { Better } from "../../selfplay/prompts/pairwise.ts";

/** A query and two answers, as a judge is shown them. */
export interface Showing {
  readonly query: string;
  readonly a: string;
  readonly b: string;
  /** A judge that draws its replies takes the noise of this place in its own role. */
  readonly key: SampleKey;
}

/** Which of the two is better, or why that can't be said. A failure is never a tie. */
export type Verdict = ({ readonly better: Better } | { readonly better: null; readonly unscored: string }) & {
  /** What the judge said. */
  readonly rationale?: string;
};

/** Says of two answers which is better; verdicts are in the order of what was shown. Progress counts showings. */
export interface Comparer {
  readonly name: string;
  compare(showings: readonly Showing[], options: CallOptions): Promise<Verdict[]>;
  /** As a scorer's. */
  figures?(): Readonly<Record<string, number>>;
}
