import type { Progress, RunOverview } from "../../protocol.ts";
import { hasEnded, holdsDevice } from "../states.ts";

/** What is known of a study's runs while they are trained one after the other. */
export class StudyView {
  readonly #runs: Map<string, RunOverview>;
  #progress: Progress | undefined;
  /** Seconds a round, as it was last estimated; arms differ, so it is a guess for the runs to come. */
  #pace: number | undefined;

  constructor(runs: readonly RunOverview[]) {
    this.#runs = new Map(runs.map((run) => [run.id, run]));
  }

  /** @returns whether it is a run of this study */
  change(run: RunOverview): boolean {
    if (!this.#runs.has(run.id)) return false;
    this.#runs.set(run.id, run);
    if (this.#progress?.run === run.id && hasEnded(run.state)) this.#progress = undefined;
    return true;
  }

  accept(progress: Progress): void {
    this.#progress = progress;
    const left = progress.rounds - (progress.finished ?? 0);
    if (progress.remainingSeconds !== null && left > 0) this.#pace = progress.remainingSeconds / left;
  }

  get runs(): readonly RunOverview[] {
    return [...this.#runs.values()];
  }

  get finished(): number {
    return this.runs.filter(({ state }) => state === "finished").length;
  }

  /** The run that has the device, if it is one of this study. */
  get current(): RunOverview | undefined {
    return this.runs.find(({ state }) => holdsDevice(state));
  }

  /** Of the study's runs, the one that is next. */
  get next(): RunOverview | undefined {
    return this.runs
      .filter(({ state }) => state === "queued")
      .sort((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0))[0];
  }

  get hasEnded(): boolean {
    return this.runs.every(({ state }) => hasEnded(state));
  }

  /** The last finished round of the current run. */
  get round(): number {
    return this.#progress?.finished ?? this.current?.round ?? 0;
  }

  /** Finished rounds of all runs as a share of all, 0–1. */
  get share(): number {
    const total = this.runs.reduce((sum, { rounds }) => sum + rounds, 0);
    return total === 0 ? 1 : this.runs.reduce((sum, run) => sum + this.#roundOf(run), 0) / total;
  }

  /** Estimated seconds to the end of the last run; undefined before a round was timed. */
  get remainingSeconds(): number | undefined {
    if (this.#pace === undefined) return undefined;
    const waiting = this.runs.filter(({ state }) => !hasEnded(state));
    return this.#pace * waiting.reduce((sum, run) => sum + run.rounds - this.#roundOf(run), 0);
  }

  #roundOf(run: RunOverview): number {
    return (this.#progress?.run === run.id ? this.#progress.finished : run.round) ?? 0;
  }
}
