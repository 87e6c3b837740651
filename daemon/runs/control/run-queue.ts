import { AbortedError } from "../../errors.ts";
import type { Problem, RunOverview } from "../../protocol.ts";
import type { RunFacts } from "../../store/index/facts.ts";
import { iterationOf } from "../../store/index/iteration.ts";
import type { RunIndex } from "../../store/index/run-index.ts";
import type { LogLevel } from "../../store/log-line.ts";
import type { RunRequest, RunState, RunStatus } from "../../store/records.ts";
import { RunLog } from "../../store/run-log.ts";
import type { Store } from "../../store/store.ts";
import type { KeyFor } from "../judging/outside-judges.ts";
import { NotFiniteError } from "../not-finite.ts";
import { problemOf } from "./control-errors.ts";
import { Device } from "./device.ts";
import type { Listeners } from "./listeners.ts";
import { LiveRun, type LiveState, type Training } from "./live-run.ts";
import { lostPause } from "./lost-pause.ts";
import { SessionRecords } from "./session-records.ts";
import type { Patience } from "./watch-dog.ts";

export interface QueueOptions {
  /** The daemon's own log. */
  readonly log: (level: LogLevel, message: string) => void;
  /** When a phase counts as stuck. */
  readonly patience?: Patience;
  /** Keys that were given for judges' servers. */
  readonly keyFor?: KeyFor;
}

/** States of a run that was in a daemon's hands: found at a start-up, that daemon has ended. */
const liveStates: readonly RunState[] = ["queued", "starting", "running", "paused"];

/**
 * The runs in this daemon's hands, each on its way from the queue to its end. One trains at a time, the others wait in order; a
 * paused run keeps the device's memory, and so its turn. Every state a run comes into is written, noted and announced here.
 */
export class RunQueue {
  readonly device = new Device();
  readonly #store: Store;
  readonly #index: RunIndex;
  readonly #listeners: Listeners;
  readonly #options: QueueOptions;
  readonly #live = new Map<string, LiveRun>();
  readonly #waiting: LiveRun[] = [];
  #training: LiveRun | undefined;
  #isClosing = false;

  constructor(store: Store, index: RunIndex, listeners: Listeners, options: QueueOptions) {
    this.#store = store;
    this.#index = index;
    this.#listeners = listeners;
    this.#options = options;
  }

  /** Marks the runs that a daemon left behind as interrupted: nothing trains before somebody says so. */
  async findInterrupted(): Promise<void> {
    for (const { id, state } of this.#index.list()) {
      if (!liveStates.includes(state)) continue;
      this.#options.log("info", `Run ${id} was ${state} when its daemon ended; it can be resumed.`);
      const status = await this.#store.readStatus(id);
      // Of one that had paused itself, why it did is still to be looked at.
      const problem = status && (status.problem ?? (await this.#lostPause(id, status)));
      await this.#rest(id, "interrupted", status?.request, problem);
    }
  }

  /** As `lostPause`; a run that can't be read does not keep the daemon from starting, and says so itself. */
  async #lostPause(id: string, status: RunStatus): Promise<Problem | undefined> {
    try {
      return await lostPause(this.#store, id, status);
    } catch (error) {
      this.#options.log("warn", `Whether run ${id} was to pause is unknown: ${(error as Error).message}`);
      return undefined;
    }
  }

  /** What is known of a run's files, and what it does now. */
  overviewOf({ broken, ...facts }: RunFacts): RunOverview {
    const run = this.#live.get(facts.id);
    const place = run ? this.#waiting.indexOf(run) + 1 : 0;
    const problem = facts.problem ?? broken;
    return {
      ...facts,
      ...(problem && { problem }),
      ...(run?.asked && { asked: run.asked }),
      ...(place > 0 && { queuePlace: place }),
      ...(place > 0 && this.#training && { waitsFor: this.#training.id }),
    };
  }

  /** @throws SparringError `store/unknown-run`, which names the one that was probably meant */
  async overview(id: string): Promise<RunOverview> {
    const facts = this.#index.facts(id) ?? (await this.#index.refresh(id));
    if (facts) return this.overviewOf(facts);
    await this.#store.existingDir(id);
    throw new Error(`run ${id} is there, and can't be read`);
  }

  /** Whether there is a run with that id. */
  knows(id: string): boolean {
    return this.#index.facts(id) !== undefined;
  }

  /** A run that is in this daemon's hands. */
  live(id: string): LiveRun | undefined {
    return this.#live.get(id);
  }

  /** Runs that end with this process. */
  activeRuns(): readonly string[] {
    return [...this.#live.keys()];
  }

  /** The run that holds the device. */
  get training(): string | null {
    return this.#training?.id ?? null;
  }

  /** Interrupts all runs, and ends their engines. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const runs = [...this.#live.values()];
    for (const run of runs) this.end(run);
    await Promise.all(runs.map(({ ended }) => ended));
  }

  /** Queues a run. Its request is on disk before anybody is told. */
  async enqueue(id: string, training: Training, request: RunRequest | undefined): Promise<void> {
    const since = new Date().toISOString();
    await this.#store.writeStatus(id, { format: 1, state: "queued", since, ...(request && { request }) });
    await this.#index.refresh(id);
    const run = new LiveRun(id, training, request, this.device, this.#options.patience, this.#options.keyFor);
    this.#live.set(id, run);
    this.#waiting.push(run);
    this.announce(id);
    this.#next();
  }

  /** Takes a run out of the queue, or tells it to end after its last finished round; its `ended` says when it has. */
  end(run: LiveRun): void {
    run.stop();
    const place = this.#waiting.indexOf(run);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    for (const { id } of this.#waiting) this.announce(id);
    void this.#rest(run.id, this.#endState, run.request).finally(() => run.end());
  }

  /** Tells everybody what is known of a run now. */
  announce(id: string): void {
    const facts = this.#index.facts(id);
    if (facts) this.#listeners.announce("changed", this.overviewOf(facts));
  }

  #next(): void {
    if (this.#training || this.#isClosing) return;
    const run = this.#waiting.shift();
    if (!run) return;
    this.#training = run;
    for (const { id } of this.#waiting) this.announce(id);
    void this.#train(run)
      .catch((error) => this.#options.log("error", `Run ${run.id}: ${(error as Error).message}`))
      .then(() => {
        this.#training = undefined;
        run.end();
        this.#next();
      });
  }

  /** A session of a run, to its end. Whatever goes wrong ends in the run's state and log. */
  async #train(run: LiveRun): Promise<void> {
    const { id, request } = run;
    const records = new SessionRecords(await RunLog.open(this.#store.dir(id)));
    try {
      const summary = await run.train(this.#store.home, {
        onState: (state) => this.#entered(run, state, records),
        onEvent: (event) => {
          records.accept(event);
          if (event.type === "round") this.#noteRound(id, run);
          this.#listeners.announce("progress", id);
        },
        onAlarms: (news) => this.#listeners.announce("alarm", { run: id, ...news }),
        onDownload: () => this.#listeners.announce("progress", id),
        onRestart: (error, sentence) => {
          records.failed(error);
          records.write("warn", sentence);
          this.#listeners.announce("progress", id);
        },
        onStuck: (sentence) => {
          records.write("warn", sentence ?? "It goes on again.");
          this.#listeners.announce("progress", id);
        },
      });
      const state = summary.status === "finished" ? "finished" : this.#endState;
      records.write("info", `The run is ${state}.`);
      await this.#rest(id, state, request, this.#unseen(run));
    } catch (error) {
      // An engine that had to be ended by force fails whatever it was doing, but that was asked for.
      const wasAsked = error instanceof AbortedError || run.asked === "stop";
      // A round that can't be learned from leaves a sound run: it rests, with the reason beside it.
      const state = wasAsked ? this.#endState : error instanceof NotFiniteError ? "stopped" : "failed";
      if (!wasAsked) records.failed(error);
      records.write("info", `The run is ${state}.`);
      await this.#rest(id, state, request, wasAsked ? this.#unseen(run) : problemOf(error));
    } finally {
      await records.close();
    }
  }

  /** Why a run had paused itself, where it ends with this process and not because somebody said so. */
  #unseen({ problem }: LiveRun): Problem | undefined {
    return this.#isClosing ? problem : undefined;
  }

  get #endState(): "interrupted" | "stopped" {
    return this.#isClosing ? "interrupted" : "stopped";
  }

  /**
   * A live run came into another state. A crash would find it `interrupted` in any of them, and why it had just paused itself in its
   * last round, so nobody waits for the disk.
   */
  #entered(run: LiveRun, state: LiveState, records: SessionRecords): void {
    records.write("info", `The run is ${state}.`);
    this.#write(run.id, state, run.request, run.problem).catch((error) => records.failed(error));
    this.announce(run.id);
  }

  /** A run leaves this daemon's hands. */
  async #rest(id: string, state: RunState, request: RunRequest | undefined, problem?: Problem): Promise<void> {
    this.#live.delete(id);
    try {
      await this.#write(id, state, request, problem);
      await this.#index.refresh(id);
    } catch (error) {
      this.#options.log("error", `The state of run ${id} could not be written: ${(error as Error).message}`);
    }
    this.announce(id);
  }

  #write(id: string, state: RunState, request: RunRequest | undefined, problem?: Problem): Promise<void> {
    const since = new Date().toISOString();
    this.#index.note(id, { state, since, problem });
    return this.#store.writeStatus(id, {
      format: 1,
      state,
      since,
      ...(problem && { problem }),
      ...(request && { request }),
    });
  }

  #noteRound(id: string, { rounds, player }: LiveRun): void {
    const record = rounds.at(-1)!;
    const last = record.metrics["eval/accuracy"];
    const before = this.#index.facts(id);
    const iteration = iterationOf(record, player!.session.game.config.imitation.iterations);
    this.#index.note(id, {
      round: record.round,
      ...(last != null && { accuracy: { first: before?.accuracy?.first ?? last, last } }),
      ...(iteration && { iteration }),
    });
    if (iteration?.now !== before?.iteration?.now) this.announce(id);
  }
}
