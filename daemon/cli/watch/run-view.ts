import { resolveConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import type { Progress, ResultOf, RunOverview } from "../../protocol.ts";
import type { QueryRecord, RoundRecord } from "../../store/records.ts";
import { hasEnded } from "../states.ts";

/** One query of a round with one answer to it. */
export interface Sample {
  readonly round: number;
  readonly query: string;
  readonly answer: string;
  readonly reward: number | null;
  /** The right answer, where the verifier can say. */
  readonly expected: string | undefined;
}

/** What the daemon tells of a run besides its rounds. */
export type RunFacts = ResultOf<"sparring/run/get">;

/** All that a watcher has learnt of a run; built from snapshots and finished rounds, rendered by others. */
export class RunView {
  readonly facts: RunFacts;
  readonly config: Config;
  /** Finished rounds since the run's beginning, in order. A fork's first is its parent's. */
  readonly rounds: RoundRecord[] = [];
  overview: RunOverview;
  /** The newest snapshot; undefined where the run is not in memory. */
  progress: Progress | undefined;
  /** Samples of the first played round, and of the last. */
  early: Sample | undefined;
  late: Sample | undefined;
  /** When the snapshot was made, by the clock of the caller, milliseconds. */
  #progressAt: number;

  /** @param now milliseconds of any clock, the same in all calls */
  constructor(facts: RunFacts, now: number) {
    this.facts = facts;
    this.config = resolveConfig(facts.config);
    this.overview = facts.overview;
    this.progress = facts.progress ?? undefined;
    this.#progressAt = now;
  }

  accept(progress: Progress, now: number): void {
    this.progress = progress;
    this.#progressAt = now;
  }

  /** The run came into another state; its clock stands still unless it runs. */
  change(overview: RunOverview, now: number): void {
    if (this.progress) {
      const elapsedSeconds = this.elapsedSeconds(now);
      const remainingSeconds = this.remainingSeconds(now) ?? null;
      this.progress = { ...this.progress, elapsedSeconds, remainingSeconds };
      this.#progressAt = now;
    }
    this.overview = overview;
  }

  /** The round that the run begins with: 0, or the one that a fork goes on from. */
  get firstRound(): number {
    return this.overview.parent?.round ?? 0;
  }

  /** The last finished round; before any, the one that the run goes on from. */
  get lastRound(): number {
    return this.rounds.at(-1)?.round ?? this.firstRound;
  }

  /** Seconds that this session of the run has taken without pauses; of a run that is not in memory, that its rounds took. */
  elapsedSeconds(now: number): number {
    if (this.progress) return this.progress.elapsedSeconds + this.#sinceSnapshot(now);
    return this.rounds.reduce((sum, { seconds }) => sum + seconds, 0);
  }

  /** Estimated seconds to the last round; undefined while nothing is known of how long a round takes. */
  remainingSeconds(now: number): number | undefined {
    const { progress } = this;
    if (!progress || progress.remainingSeconds === null) return undefined;
    return Math.max(0, progress.remainingSeconds - this.#sinceSnapshot(now));
  }

  /** How many tasks the held-out accuracy is measured on. */
  get heldOutTasks(): number | undefined {
    return this.rounds.findLast(({ metrics }) => metrics["eval/tasks"] != null)?.metrics["eval/tasks"] ?? undefined;
  }

  /** What the run does and waits for goes on by the clock only while it runs. */
  #sinceSnapshot(now: number): number {
    const { state } = this.overview;
    return hasEnded(state) || state === "paused" ? 0 : (now - this.#progressAt) / 1000;
  }
}

/**
 * The round's first query that got answers, with its first answer: nothing is picked. Of an imitation the first that the model
 * wrote; undefined where all answers are the data's.
 */
export function firstSample(round: number, queries: readonly QueryRecord[]): Sample | undefined {
  const query = queries.find(({ answers }) => answers.length > 0);
  const answer = query?.answers.find(({ role }) => role === undefined || role === "generated");
  if (!query || !answer) return undefined;
  const { text, reward } = answer;
  return { round, query: query.text, answer: text, reward, expected: query.expected };
}
