import type { RoundRecord } from "../../store/records.ts";

/** What an alarm reads of a round. */
export type MeasuredRound = Pick<RoundRecord, "round" | "metrics">;

/** An evaluation on held-out tasks. */
export interface Measurement {
  readonly accuracy: number;
  /** What `recent` of each metric was then. */
  readonly recents: ReadonlyMap<string, number | null>;
}

/** Metrics over a run's played rounds: as they are now, as they began, and as they were when the model was at its best. */
export class History {
  readonly #metrics: readonly string[];
  readonly #window: number;
  /** The newest rounds, as many as the window has. */
  readonly #newest: MeasuredRound[] = [];
  readonly #starts = new Map<string, number>();
  #isBegun = false;
  #measured: Measurement | undefined;
  #best: Measurement | undefined;

  /**
   * @param metrics what will be asked for
   * @param window  rounds that a mean is taken over
   */
  constructor(metrics: readonly string[], window: number) {
    this.#metrics = metrics;
    this.#window = window;
  }

  /** Takes the next round. The first is the state before training: only its held-out accuracy counts. */
  push(record: MeasuredRound): void {
    if (this.#isBegun) this.#newest.push(record);
    if (this.#newest.length > this.#window) this.#newest.shift();
    this.#isBegun = true;
    for (const metric of this.#metrics) {
      const value = this.recent(metric);
      if (value !== null && !this.#starts.has(metric)) this.#starts.set(metric, value);
    }
    const accuracy = record.metrics["eval/accuracy"] ?? null;
    if (accuracy === null) return;
    const recents = new Map(this.#metrics.map((metric) => [metric, this.recent(metric)]));
    this.#measured = { accuracy, recents };
    if (!this.#best || accuracy > this.#best.accuracy) this.#best = this.#measured;
  }

  /** Mean over the newest rounds; null before there are enough, and where fewer than half of them have a value. */
  recent(metric: string): number | null {
    if (this.#newest.length < this.#window) return null;
    const values = this.#newest.map(({ metrics }) => metrics[metric] ?? null).filter((value) => value !== null);
    if (2 * values.length < this.#window) return null;
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }

  /** The first mean that there was: of the run's first rounds. */
  start(metric: string): number | null {
    return this.#starts.get(metric) ?? null;
  }

  /** The newest evaluation; undefined before the first. */
  get measured(): Measurement | undefined {
    return this.#measured;
  }

  /** The evaluation with the best accuracy, the first of several. */
  get best(): Measurement | undefined {
    return this.#best;
  }
}
