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

/** What is wrong with a reply in words: cut at the token limit, without a verdict, or `<Calculation>` and `<Score>` differ. */
export type Flaw = "cut" | "no-verdict" | "sum-differs";

/** One judge's part in the judgement of an ensemble. */
export interface Part {
  readonly judge: string;
  /** In the judge's own units; null: unscored. */
  readonly value: number | null;
  /** Why there is no value. */
  readonly unscored?: string;
  readonly flaw?: Flaw;
  readonly weight: number;
  readonly scale: number;
  /** The range of the judge's values; null is no bound. */
  readonly low: number | null;
  readonly high: number | null;
}

/** A judgement: a value, or the reason why there is none. A failure is never 0. */
export type Judgement =
  | {
      readonly value: number;
      readonly criteria?: readonly Criterion[];
      /** How likely each criterion is met, 0–1, where the judge can tell; the criteria are then met from ½ on. */
      readonly probabilities?: readonly number[];
      readonly rationale?: string;
      readonly flaw?: Flaw;
      /** What each judge of an ensemble gave. */
      readonly parts?: readonly Part[];
    }
  | {
      readonly value: null;
      readonly unscored: string;
      readonly criteria?: undefined;
      readonly probabilities?: undefined;
      /** What the judge said all the same. */
      readonly rationale?: string;
      readonly flaw?: Flaw;
      readonly parts?: readonly Part[];
    };

/** Scores a batch of pairs; results are in the pairs' order. Progress counts pairs, where it takes time. */
export interface Scorer {
  readonly name: string;
  /** The range of values, for display and for objectives that need rewards in [0, 1]. */
  readonly range: readonly [number, number];
  score(pairs: readonly Pair[], options?: CallOptions): Promise<Judgement[]>;
  /** What scoring took since this was last asked, as metrics: requests, tokens. Absent where that is nothing. */
  figures?(): Readonly<Record<string, number>>;
}
