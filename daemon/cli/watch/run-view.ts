import { resolveConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import type { Phase, RunEvent } from "../../runs/events.ts";
import type { QueryRecord } from "../../store/records.ts";
import { remainingSeconds } from "./eta.ts";
import type { WatchedRound } from "./watched-round.ts";

/** One query of a round with one answer to it. */
export interface Sample {
  readonly round: number;
  readonly query: string;
  readonly answer: string;
  readonly reward: number | null;
  /** The right answer, where the verifier can say. */
  readonly expected: string | undefined;
}

type Started = Extract<RunEvent, { type: "started" }>;

/** All that a watcher has learnt of a run since its session began; built from events, rendered by others. */
export class RunView {
  readonly started: Started;
  readonly config: Config;
  readonly rounds: WatchedRound[] = [];
  progress:
    | { readonly round: number; readonly phase: Phase; readonly done: number; readonly total: number }
    | undefined;
  /** The first round's sample in this session, and the newest. */
  early: Sample | undefined;
  late: Sample | undefined;
  readonly #startedAt: number;
  #announcedAt: number;

  /** @param now milliseconds of any clock, the same in all calls */
  constructor(started: Started, now: number) {
    this.started = started;
    this.config = resolveConfig(started.run.config);
    this.#startedAt = now;
    this.#announcedAt = now;
  }

  accept(event: RunEvent, now: number): void {
    if (event.type === "progress") this.progress = event;
    if (event.type !== "round") return;
    const { round, seconds, phases, metrics } = event.record;
    const waited = (now - this.#announcedAt) / 1000;
    this.#announcedAt = now;
    this.rounds.push({ round, seconds, waited, evaluationSeconds: phases.evaluate ?? 0, metrics });
    const sample = firstSample(round, event.queries);
    this.early ??= sample;
    this.late = sample ?? this.late;
  }

  /** The last finished round; before any, the one that the session goes on from. */
  get lastRound(): number {
    return this.rounds.at(-1)?.round ?? Math.max(0, this.started.firstRound - 1);
  }

  elapsedSeconds(now: number): number {
    return (now - this.#startedAt) / 1000;
  }

  /** Estimated seconds to the last round; undefined while nothing is known of how long a round takes. */
  remainingSeconds(now: number): number | undefined {
    const underway = (now - this.#announcedAt) / 1000;
    return remainingSeconds(this.rounds, this.started.rounds, this.config.eval.every, underway);
  }

  /** How many tasks the held-out accuracy is measured on. */
  get heldOutTasks(): number | undefined {
    return this.rounds.findLast(({ metrics }) => metrics["eval/tasks"] != null)?.metrics["eval/tasks"] ?? undefined;
  }
}

/** The round's first query that got answers, with its first answer: nothing is picked. */
function firstSample(round: number, queries: readonly QueryRecord[]): Sample | undefined {
  const query = queries.find(({ answers }) => answers.length > 0);
  if (!query) return undefined;
  const { text, reward } = query.answers[0]!;
  return { round, query: query.text, answer: text, reward, expected: query.expected };
}
