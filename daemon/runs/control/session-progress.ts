import type { Progress } from "../../protocol.ts";
import type { Phase, RunEvent } from "../events.ts";
import { median, remainingSeconds, type TimedRound, timedRound } from "./eta.ts";

type Started = Extract<RunEvent, { type: "started" }>;

/** Rounds that a phase's usual duration is taken from. */
const recent = 20;

/** What a run's session has done so far, built from its events; gives complete snapshots. */
export class SessionProgress {
  readonly #started: Started;
  readonly #evaluationEvery: number;
  readonly #now: () => number;
  /** When the session began, by that clock. */
  readonly beganAt: number;
  readonly #rounds: TimedRound[];
  /** Seconds of each phase in recent rounds, the newest last. */
  readonly #phases: Readonly<Record<string, number>>[];
  #current: { readonly round: number; readonly phase: Phase; done: number; total: number; since: number } | undefined;
  #finishedAt: number;

  /**
   * @param now     milliseconds of a clock that stands still while the run is paused
   * @param beganAt when the session began, by that clock, where its engine was started again since
   */
  constructor(started: Started, evaluationEvery: number, now: () => number, beganAt = now()) {
    this.#started = started;
    this.#evaluationEvery = evaluationEvery;
    this.#now = now;
    this.beganAt = beganAt;
    this.#finishedAt = now();
    this.#rounds = started.history.map(timedRound);
    this.#phases = started.history.slice(-recent).map(({ phases }) => phases);
  }

  accept(event: RunEvent): void {
    const now = this.#now();
    if (event.type === "progress") {
      const { round, phase, done, total } = event;
      const isSame = this.#current?.round === round && this.#current.phase === phase;
      this.#current = { round, phase, done, total, since: isSame ? this.#current!.since : now };
    }
    if (event.type === "round") {
      const waited = (now - this.#finishedAt) / 1000;
      this.#rounds.push({ ...timedRound(event.record), waited });
      this.#phases.push(event.record.phases);
      if (this.#phases.length > recent) this.#phases.shift();
      this.#finishedAt = now;
    }
  }

  /** The last finished round, null before the first. */
  get finished(): number | null {
    return this.#rounds.at(-1)?.round ?? null;
  }

  /** The phase under way: how long it has taken, and how long it usually takes. */
  get phase():
    | { readonly name: Phase; readonly round: number; readonly seconds: number; readonly usual: number | null }
    | undefined {
    if (!this.#current) return undefined;
    const { phase, round, since } = this.#current;
    const before = this.#phases.flatMap((phases) => phases[phase] ?? []);
    return { name: phase, round, seconds: (this.#now() - since) / 1000, usual: median(before) ?? null };
  }

  snapshot(): Omit<Progress, "state" | "stuck" | "telemetry"> {
    const now = this.#now();
    const { run, rounds, firstRound, device } = this.#started;
    const { phase } = this;
    const underway = (now - this.#finishedAt) / 1000;
    return {
      run: run.id,
      round: this.#current?.round ?? firstRound,
      rounds,
      finished: this.finished,
      phase: phase?.name ?? null,
      done: this.#current?.done ?? 0,
      total: this.#current?.total ?? 0,
      phaseSeconds: phase?.seconds ?? 0,
      usualPhaseSeconds: phase?.usual ?? null,
      elapsedSeconds: (now - this.beganAt) / 1000,
      remainingSeconds: remainingSeconds(this.#rounds, rounds, this.#evaluationEvery, underway) ?? null,
      device,
    };
  }
}
