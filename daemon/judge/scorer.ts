import type { CallOptions, SampleKey, Sequence } from "../engine/engine.ts";

/** One answer to be scored, with its round's context. Texts are decoded, without the stop token. */
export interface Pair {
  readonly query: string;
  readonly answer: string;
  /** Why sampling ended: a judge may care that an answer was cut. */
  readonly stop: "stop" | "length";
  /** An earlier query of the round has the same text. */
  readonly duplicate: boolean;
  /** Where the answer stands among all: a judge that draws its replies takes the noise of this place in its own role. */
  readonly key: SampleKey;
  /** The tokens as they were drawn, for judges that ask how likely they are; absent where only texts are compared. */
  readonly sequence?: Sequence;
}

/** Criterion met or not, in the order of the seven of `selfplay/prompts/self-reward.ts`. */
export type Criterion = 0 | 1;

/** A judgement: a value, or the reason why there is none. A failure is never 0. */
export type Judgement =
  | { readonly value: number; readonly criteria?: readonly Criterion[]; readonly rationale?: string }
  | {
      readonly value: null;
      readonly unscored: string;
      readonly criteria?: undefined;
      /** What the judge said all the same. */
      readonly rationale?: string;
    };

/** Scores a batch of pairs; results are in the pairs' order. Progress counts pairs, where it takes time. */
export interface Scorer {
  readonly name: string;
  /** The range of values, for display and for objectives that need rewards in [0, 1]. */
  readonly range: readonly [number, number];
  score(pairs: readonly Pair[], options?: CallOptions): Promise<Judgement[]>;
}
