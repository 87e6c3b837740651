import { type NotificationMethod, type NotificationParamsOf, type Progress, snapshotIntervalMs } from "../protocol.ts";

/** Of a run's alarms, so many wait for a client that does not read; the newest. */
const mostAlarms = 16;

/** While more than this is on its way to a client, bytes, it is told nothing new. */
const maxBufferedBytes = 256 * 1024;

type Tell = <M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>) => void;

export interface FeedOptions {
  readonly tell: Tell;
  /** Bytes that the client has not taken yet. */
  readonly bufferedBytes: () => number;
  /** The newest snapshot of a run. */
  readonly progress: (run: string) => Progress | undefined;
  /** Runs a function later, as `setTimeout`. */
  readonly later?: (work: () => void, ms: number) => { clear(): void };
  readonly now?: () => number;
}

/**
 * What one client is told unasked: states, not events, but for alarms. Of each run there is at most one snapshot, one overview and one
 * count of ratings to be sent, the newest, and some alarms; they go out together, at most every `snapshotIntervalMs`, and only while the client reads.
 * So memory is bounded by the number of runs, and a slow reader sees fewer states and never a stale one.
 */
export class Feed {
  readonly #options: Required<FeedOptions>;
  readonly #watched = new Set<string>();
  /** Watched runs with a newer snapshot. */
  readonly #progressed = new Set<string>();
  readonly #changed = new Map<string, NotificationParamsOf<"sparring/run/changed">>();
  readonly #rated = new Map<string, NotificationParamsOf<"sparring/rating/changed">>();
  readonly #alarms = new Map<string, readonly NotificationParamsOf<"sparring/alarm">[]>();
  #timer: { clear(): void } | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;

  constructor(options: FeedOptions) {
    this.#options = { later: systemTimer, now: () => performance.now(), ...options };
  }

  watch(run: string): void {
    this.#watched.add(run);
  }

  unwatch(run: string): void {
    this.#watched.delete(run);
    this.#progressed.delete(run);
  }

  /** A run has a newer snapshot; which one is looked up when it is sent. */
  progressed(run: string): void {
    if (!this.#watched.has(run)) return;
    this.#progressed.add(run);
    this.#plan();
  }

  changed(overview: NotificationParamsOf<"sparring/run/changed">): void {
    this.#changed.set(overview.id, overview);
    this.#plan();
  }

  rated(change: NotificationParamsOf<"sparring/rating/changed">): void {
    this.#rated.set(change.run, change);
    this.#plan();
  }

  /** Alarms began with a round of a run. */
  alarmed(alarm: NotificationParamsOf<"sparring/alarm">): void {
    this.#alarms.set(alarm.run, [...(this.#alarms.get(alarm.run) ?? []), alarm].slice(-mostAlarms));
    this.#plan();
  }

  /** The client has gone. */
  close(): void {
    this.#timer?.clear();
    this.#timer = undefined;
  }

  #plan(): void {
    if (this.#timer) return;
    const due = this.#sentAt + snapshotIntervalMs - this.#options.now();
    this.#timer = this.#options.later(
      () => {
        this.#timer = undefined;
        this.#send();
      },
      Math.max(0, due),
    );
  }

  #send(): void {
    const { tell, progress, bufferedBytes, now } = this.#options;
    this.#sentAt = now();
    if (bufferedBytes() > maxBufferedBytes) {
      this.#plan();
      return;
    }
    for (const run of this.#progressed) {
      const snapshot = progress(run);
      if (snapshot) tell("sparring/round/progress", snapshot);
    }
    for (const overview of this.#changed.values()) tell("sparring/run/changed", overview);
    for (const change of this.#rated.values()) tell("sparring/rating/changed", change);
    for (const alarm of [...this.#alarms.values()].flat()) tell("sparring/alarm", alarm);
    for (const each of [this.#progressed, this.#changed, this.#rated, this.#alarms]) each.clear();
  }
}

function systemTimer(work: () => void, ms: number): { clear(): void } {
  const timer = setTimeout(work, ms);
  return { clear: () => clearTimeout(timer) };
}
