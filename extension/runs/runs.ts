import type { Alarm, Progress, RunOverview } from "../../daemon/protocol.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { Emitter } from "../emitter.ts";
import { AlarmBook } from "./alarm-book.ts";
import { activeRun } from "./states.ts";

/** A run that came into another state while the window was connected. */
export interface Change {
  readonly before: RunOverview | undefined;
  readonly after: RunOverview;
}

/**
 * The runs, as the daemon last told of them. They are asked for again with every new connection, and progress is watched
 * of the active run and of those that a panel shows.
 */
export class Runs {
  readonly #daemon: Daemon;
  readonly #runs = new Map<string, RunOverview>();
  readonly #progress = new Map<string, Progress>();
  /** How many watch a run. */
  readonly #watches = new Map<string, number>();
  readonly #alarms: AlarmBook;
  readonly #changed = new Emitter<Change | undefined>();
  readonly #progressed = new Emitter<Progress>();
  #releaseActive = (): void => {};
  #active: string | undefined;
  #isKnown = false;
  readonly #report: (error: unknown) => void;

  /** @param report is told of what goes wrong while it asks in the background */
  constructor(daemon: Daemon, report: (error: unknown) => void) {
    this.#daemon = daemon;
    this.#alarms = new AlarmBook(daemon, report);
    this.#alarms.onChange(() => this.#changed.fire(undefined));
    this.#report = report;
    daemon.on("sparring/run/changed", (run) => this.#set(run));
    daemon.on("sparring/rating/changed", ({ run, ratings }) => {
      const known = this.#runs.get(run);
      if (known) this.#replace({ ...known, ratings });
    });
    daemon.on("sparring/round/progress", (progress) => this.#advance(progress));
    daemon.onState((state) => {
      if (state === "connected") void this.refresh();
      else this.#changed.fire(undefined);
    });
  }

  /** Whether the runs have been told once. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** All runs, the newest first. */
  get all(): readonly RunOverview[] {
    return [...this.#runs.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** The run that the status item shows. */
  get active(): RunOverview | undefined {
    return activeRun(this.all);
  }

  get(run: string): RunOverview | undefined {
    return this.#runs.get(run);
  }

  /** What a watched run does now. */
  progressOf(run: string): Progress | undefined {
    return this.#progress.get(run);
  }

  /** The alarms that began with a run's newest rounds; asked for where they are not known yet, and then told as a change. */
  alarmsOf(run: string): readonly Alarm[] {
    const known = this.#runs.get(run);
    return known ? this.#alarms.of(known) : [];
  }

  /** Runs that are queued behind one, by id. */
  waitingFor(run: string): readonly string[] {
    return this.all.filter(({ waitsFor }) => waitsFor === run).map(({ id }) => id);
  }

  /** Whether a panel shows a run. */
  isShown(run: string): boolean {
    return (this.#watches.get(run) ?? 0) > (run === this.#active ? 1 : 0);
  }

  /** Called when runs came, went or changed; with the change, where the daemon told of one. @returns what ends it */
  onChange(listener: (change: Change | undefined) => void): () => void {
    return this.#changed.on(listener);
  }

  /** Called with the snapshots of watched runs. @returns what ends it */
  onProgress(listener: (progress: Progress) => void): () => void {
    return this.#progressed.on(listener);
  }

  /** Watches a run's progress, over all connections. @returns what ends the watching */
  watch(run: string): () => void {
    const count = this.#watches.get(run) ?? 0;
    this.#watches.set(run, count + 1);
    if (count === 0) this.#subscribe(run);
    let isWatching = true;
    return () => {
      if (!isWatching) return;
      isWatching = false;
      const left = (this.#watches.get(run) ?? 1) - 1;
      if (left > 0) {
        this.#watches.set(run, left);
        return;
      }
      this.#watches.delete(run);
      this.#progress.delete(run);
      if (this.#daemon.state === "connected") {
        this.#daemon.request("sparring/run/unwatch", { run }).catch(this.#report);
      }
    };
  }

  /** Asks for all runs again. */
  async refresh(): Promise<void> {
    if (this.#daemon.state !== "connected") return;
    try {
      const found = await this.#list();
      // What happened while the daemon was away is told as if it happened now.
      const changes = found.flatMap((after): Change[] => {
        const before = this.#runs.get(after.id);
        return before && before.state !== after.state ? [{ before, after }] : [];
      });
      this.#runs.clear();
      for (const run of found) this.#runs.set(run.id, run);
      this.#isKnown = true;
      for (const run of this.#watches.keys()) this.#subscribe(run);
      this.#follow();
      this.#changed.fire(undefined);
      for (const change of changes) this.#changed.fire(change);
    } catch (error) {
      this.#report(error);
    }
  }

  async #list(): Promise<RunOverview[]> {
    const found: RunOverview[] = [];
    let after: string | null | undefined;
    do {
      const page = await this.#daemon.request("sparring/run/list", after ? { after } : {});
      found.push(...page.runs);
      after = page.next;
    } while (after);
    return found;
  }

  #subscribe(run: string): void {
    if (this.#daemon.state !== "connected") return;
    this.#daemon
      .request("sparring/run/watch", { run })
      .then(({ progress }) => progress && this.#advance(progress))
      .catch(this.#report);
  }

  #advance(progress: Progress): void {
    if (!this.#watches.has(progress.run)) return;
    const known = this.#runs.get(progress.run);
    const isNewRound = known && known.round !== progress.finished;
    this.#progress.set(progress.run, progress);
    if (isNewRound) this.#replace({ ...known, round: progress.finished, rounds: progress.rounds });
    this.#progressed.fire(progress);
  }

  #set(run: RunOverview): void {
    const before = this.#runs.get(run.id);
    this.#runs.set(run.id, run);
    this.#follow();
    this.#changed.fire({ before, after: run });
  }

  #replace(run: RunOverview): void {
    this.#runs.set(run.id, run);
    this.#changed.fire(undefined);
  }

  /** Watches the active run, and no longer the one before. */
  #follow(): void {
    const active = this.active?.id;
    if (active === this.#active) return;
    this.#releaseActive();
    this.#active = active;
    this.#releaseActive = active === undefined ? () => {} : this.watch(active);
  }
}
