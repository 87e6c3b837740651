import type { Alarm, RunOverview } from "../../daemon/protocol.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { Emitter } from "../emitter.ts";

/** A run is marked with the alarms of so many newest rounds. */
const recentRounds = 20;

/** So many runs are asked about over a connection: whoever shows runs shows the newest first. */
const mostAsked = 50;

/**
 * The alarms of runs' newest rounds: what the daemon has told since, and what it says when it is asked, once a run and connection,
 * one run after the other.
 */
export class AlarmBook {
  readonly #daemon: Pick<Daemon, "request" | "state">;
  readonly #report: (error: unknown) => void;
  readonly #alarms = new Map<string, readonly Alarm[]>();
  /** Runs that were asked about over this connection. */
  readonly #asked = new Set<string>();
  readonly #changed = new Emitter<void>();
  #asking: Promise<void> = Promise.resolve();

  /** @param report is told of what goes wrong while it asks in the background */
  constructor(daemon: Pick<Daemon, "request" | "state" | "on" | "onState">, report: (error: unknown) => void) {
    this.#daemon = daemon;
    this.#report = report;
    daemon.on("sparring/alarm", ({ run, round, alarms }) =>
      this.#add(
        run,
        alarms.map((alarm) => ({ ...alarm, round })),
      ),
    );
    // What began while the daemon was away was told to nobody.
    daemon.onState((state) => state === "connected" && this.#asked.clear());
  }

  /** The alarms that began with a run's newest rounds, as far as they are known; what is not is asked for. */
  of(run: Pick<RunOverview, "id" | "round">): readonly Alarm[] {
    const { id, round } = run;
    if (round === null) return [];
    if (this.#daemon.state === "connected" && !this.#asked.has(id) && this.#asked.size < mostAsked) {
      this.#asked.add(id);
      this.#asking = this.#asking.then(() => this.#ask(id, round)).catch(this.#report);
    }
    return (this.#alarms.get(id) ?? []).filter((alarm) => alarm.round > round - recentRounds);
  }

  /** Called when more is known. @returns what ends it */
  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  async #ask(run: string, round: number): Promise<void> {
    const params = { run, after: Math.max(-1, round - recentRounds), limit: recentRounds };
    const { rounds } = await this.#daemon.request("sparring/round/list", params);
    this.#add(
      run,
      rounds.flatMap(({ round, alarms = [] }) => alarms.map((alarm) => ({ ...alarm, round }))),
    );
  }

  #add(run: string, alarms: readonly Alarm[]): void {
    const known = this.#alarms.get(run) ?? [];
    const news = alarms.filter((one) => !known.some(({ round, kind }) => round === one.round && kind === one.kind));
    if (news.length === 0) return;
    const all = [...known, ...news].sort((a, b) => a.round - b.round);
    const newest = all.at(-1)!.round;
    this.#alarms.set(
      run,
      all.filter(({ round }) => round > newest - recentRounds),
    );
    this.#changed.fire();
  }
}
