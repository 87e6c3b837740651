import { type NotificationMethod, type NotificationParamsOf, type Progress, snapshotIntervalMs } from "../protocol.ts";

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
 * What one client is told unasked: states, not events. Of each run there is at most one snapshot, one overview and one count of
 * ratings to be sent, the newest; they go out together, at most every `snapshotIntervalMs`, and only while the client reads.
 * So memory is bounded by the number of runs, and a slow reader sees fewer states and never a stale one.
 */
export class Feed {
  readonly #options: Required<FeedOptions>;
  readonly #watched = new Set<string>();
  /** Watched runs with a newer snapshot. */
  readonly #progressed = new Set<string>();
  readonly #changed = new Map<string, NotificationParamsOf<"sparring/run/changed">>();
  readonly #rated = new Map<string, NotificationParamsOf<"sparring/rating/changed">>();
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
    this.#progressed.clear();
    this.#changed.clear();
    this.#rated.clear();
  }
}

function systemTimer(work: () => void, ms: number): { clear(): void } {
  const timer = setTimeout(work, ms);
  return { clear: () => clearTimeout(timer) };
}
