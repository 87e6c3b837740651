import type { QueryRecord, RoundRecord } from "../store/records.ts";
import type { HasMeasures } from "./measures.ts";
import type { RunData } from "./run-data.ts";

/** A measure that is read from a round's samples, in place of its metrics. */
export interface SampledMeasure {
  readonly key: string;
  /** Whether the samples of a run with these settings, `key=value`, are read for it at all; else its metrics count. */
  readonly applies: (settings: readonly string[]) => boolean;
  /** Whether a round's samples are. @param played the run's last finished round */
  readonly needs: (round: RoundRecord, played: number) => boolean;
  /** Null where the samples don't say. */
  readonly of: (queries: readonly QueryRecord[]) => number | null;
}

/** A sign that something went wrong in a run. */
export interface Sign {
  readonly name: string;
  readonly meaning: string;
  /** A number that does not exist fulfils no sign. */
  readonly holds: (run: RunData) => boolean;
}

/** What one panel of a figure shows. */
export interface Panel {
  /** `accuracy`, or that of a measure. */
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  /** Values are multiplied by it, e.g. by 100 for percent. */
  readonly factor: number;
  /** Ends of the axis; else they follow from the values. */
  readonly ends?: readonly [number, number];
  /** A logarithmic axis that begins here; what is below is drawn at its end. */
  readonly logFrom?: number;
}

/** How a study looks at its runs. */
export interface Instrument extends HasMeasures {
  readonly sampled: readonly SampledMeasure[];
  /** What a run is called in which one of the signs holds. */
  readonly wrong: string;
  readonly signs: readonly Sign[];
  /** The panels of every figure, by rows of two. */
  readonly panels: readonly Panel[];
  /** What a reader of the figures should know beside. */
  readonly figureNote: string;
}
