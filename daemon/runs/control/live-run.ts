import type { Engine } from "../../engine/engine.ts";
import type { Progress, RunState } from "../../protocol.ts";
import type { RoundRecord, RunRequest } from "../../store/records.ts";
import type { RunEvent } from "../events.ts";
import type { RunOptions } from "../run.ts";
import type { Session } from "../session.ts";
import type { RunSummary } from "../train.ts";
import type { Device } from "./device.ts";
import { type Download, downloadSnapshot } from "./download-snapshot.ts";
import { Gate } from "./gate.ts";
import { RunClock } from "./run-clock.ts";
import { SessionProgress } from "./session-progress.ts";
import { SharedEngine } from "./shared-engine.ts";
import { type Patience, usualPatience, WatchDog } from "./watch-dog.ts";

/** The states of a run that a daemon has in its hands. */
export type LiveState = Extract<RunState, "queued" | "starting" | "running" | "paused">;

/** What a run's session tells while it goes on. */
export interface LiveHooks {
  /** Its state has changed. */
  readonly onState: (state: LiveState) => void;
  readonly onEvent: (event: RunEvent) => void;
  /** A model's download has come further. */
  readonly onDownload: () => void;
  /** A phase began or ceased to be stuck. */
  readonly onStuck: (sentence: string | undefined) => void;
}

/** What it takes to train a run: start it, fork it or resume it. */
export type Training = (options: RunOptions) => Promise<RunSummary>;

/** An engine that is told to end and does not answer for so long, beyond its abort latency, is ended by force. */
const graceMs = 10_000;

/** One session of a run, from the queue to its end: holds its engine, can be paused, told to go on, and stopped. */
export class LiveRun {
  readonly id: string;
  /** What was asked for when it was queued first; undefined for a run that was made without the daemon. */
  readonly request: RunRequest | undefined;
  /** Resolves when the session has ended, however it did. */
  readonly ended: Promise<void>;
  asked: "pause" | "stop" | undefined;
  /** The run's game and engine, while they are open. The engine is the real one: interactive work takes its own turns. */
  player: { readonly session: Session; readonly engine: Engine } | undefined;
  /** Finished rounds of all its sessions. */
  readonly rounds: RoundRecord[] = [];
  /** What was not in order when the session began. */
  warnings: readonly string[] = [];
  stuck: string | undefined;
  #state: LiveState = "queued";
  #progress: SessionProgress | undefined;
  #download: Download | undefined;
  #hooks: LiveHooks | undefined;
  readonly #training: Training;
  readonly #device: Device;
  readonly #stopping = new AbortController();
  readonly #gate = new Gate(this.#stopping.signal);
  readonly #clock = new RunClock();
  readonly #patience: Patience;
  readonly #watchDog: WatchDog;
  #resolveEnded: () => void = () => {};

  constructor(
    id: string,
    training: Training,
    request: RunRequest | undefined,
    device: Device,
    patience: Patience = usualPatience,
  ) {
    this.id = id;
    this.request = request;
    this.#training = training;
    this.#device = device;
    this.#patience = patience;
    this.#watchDog = new WatchDog(patience);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get state(): LiveState {
    return this.#state;
  }

  /** The newest snapshot; undefined until its engine is open, but for a download. */
  progress(): Progress | undefined {
    if (!this.#progress) return this.#download && downloadSnapshot(this.id, this.#state, this.#download);
    return { ...this.#progress.snapshot(), state: this.#state, ...(this.stuck !== undefined && { stuck: this.stuck }) };
  }

  /**
   * Trains to the end of the session.
   * @throws AbortedError where it was stopped before its first event, or what made it fail
   */
  async train(home: string, hooks: LiveHooks): Promise<RunSummary> {
    this.#hooks = hooks;
    this.#enter(this.#gate.isOpen ? "starting" : "paused");
    let engine: Engine | undefined;
    const watch = setInterval(() => this.#watch(), 1000 * this.#patience.every);
    try {
      return await this.#training({
        home,
        id: this.id,
        ...(this.request?.workspace !== undefined && { workspace: this.request.workspace }),
        signal: this.#stopping.signal,
        now: this.#clock.now,
        share: (own) => {
          engine = own;
          return new SharedEngine(own, this.#device, this.#gate);
        },
        onDownload: (progress) => {
          const { since = performance.now(), from = progress.doneBytes } = this.#download ?? {};
          this.#download = { progress, since, from };
          hooks.onDownload();
        },
        onSession: (session) => {
          this.player = { session, engine: engine! };
        },
        onEvent: (event) => this.#accept(event),
      });
    } finally {
      clearInterval(watch);
      this.player = undefined;
    }
  }

  /** Says that the session is over and recorded as such: `ended` resolves. */
  end(): void {
    this.#resolveEnded();
  }

  /** Holds the run; resolves when its engine rests, or when the run has ended or been told to go on. */
  async pause(): Promise<void> {
    if (this.asked === "stop" || this.#state === "paused") return;
    this.asked = "pause";
    this.#clock.stop();
    await Promise.race([this.#gate.close(), this.ended]);
    if (this.asked !== "pause") return;
    this.asked = undefined;
    this.#enter("paused");
  }

  /** Lets a paused run go on. */
  resume(): void {
    if (this.asked === "stop") return;
    this.asked = undefined;
    this.#clock.start();
    this.#gate.open();
    if (this.#state === "paused") this.#enter(this.#progress ? "running" : "starting");
  }

  /** Tells the run to end after its last finished round; `ended` says when it has. */
  stop(): void {
    if (this.asked === "stop") return;
    this.asked = "stop";
    this.#clock.start();
    this.#stopping.abort();
    const { engine } = this.player ?? {};
    if (!engine) return;
    const force = setTimeout(() => void engine.close(), engine.capabilities.abortLatencyMs + graceMs);
    void this.ended.then(() => clearTimeout(force));
  }

  #accept(event: RunEvent): void {
    if (event.type === "started") {
      const { every } = this.player!.session.game.config.eval;
      this.#progress = new SessionProgress(event, every, this.#clock.now);
      this.rounds.push(...event.history);
      this.warnings = event.warnings;
      if (this.#state === "starting") this.#enter("running");
    }
    this.#progress?.accept(event);
    if (event.type === "round") this.rounds.push(event.record);
    this.#hooks?.onEvent(event);
  }

  #watch(): void {
    if (!this.player || this.#state !== "running") return;
    const stuck = this.#watchDog.look(this.#progress?.phase, this.player.engine.status());
    const isNews = (stuck === undefined) !== (this.stuck === undefined);
    this.stuck = stuck;
    if (isNews) this.#hooks?.onStuck(stuck);
  }

  #enter(state: LiveState): void {
    this.#state = state;
    this.#hooks?.onState(state);
  }
}
