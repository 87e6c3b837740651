import type { Engine } from "../../engine/engine.ts";
import type { SparringError } from "../../errors.ts";
import type { Problem, Progress, RunState } from "../../protocol.ts";
import type { AlarmRecord, RoundRecord, RunRequest } from "../../store/records.ts";
import { pausingProblem } from "../alarms/pausing.ts";
import type { RunEvent } from "../events.ts";
import type { KeyFor } from "../judging/outside-judges.ts";
import { type RunOptions, resumeRun } from "../run.ts";
import type { Session } from "../session.ts";
import type { RunSummary } from "../train.ts";
import type { Device } from "./device.ts";
import { type Download, downloadSnapshot } from "./download-snapshot.ts";
import { Gate } from "./gate.ts";
import { isEngineLost, Restarts } from "./restarts.ts";
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
  /** Alarms began with a round. */
  readonly onAlarms: (news: Pick<RoundRecord, "round"> & AlarmNews) => void;
  /** A model's download has come further. */
  readonly onDownload: () => void;
  /** A phase began or ceased to be stuck. */
  readonly onStuck: (sentence: string | undefined) => void;
  /** Its engine is gone and will be started again. */
  readonly onRestart: (error: SparringError, sentence: string) => void;
}

/** Alarms, and whether the run pauses itself because of them. */
interface AlarmNews {
  readonly alarms: AlarmRecord[];
  readonly pauses: boolean;
}

/** What it takes to train a run: start it, fork it or resume it. */
export type Training = (options: RunOptions) => Promise<RunSummary>;

/** An engine that is told to end and does not answer for so long, beyond its abort latency, is ended by force. */
const graceMs = 10_000;

/** Of what happened to a session's engines, so many are told. */
const mostHappenings = 10;

/**
 * One session of a run, from the queue to its end: holds its engine, can be paused, told to go on, and stopped. An engine that dies
 * or hangs is replaced by a new one, which goes on from the last saved round, bit for bit.
 */
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
  stuck: string | undefined;
  /** Why it paused itself; undefined where it did not. */
  problem: Problem | undefined;
  #state: LiveState = "queued";
  #progress: SessionProgress | undefined;
  #download: Download | undefined;
  #hooks: LiveHooks | undefined;
  /** Its own, not shared; the newest one, from before it is opened. */
  #engine: Engine | undefined;
  /** The one that was given up because it hung. */
  #given: Engine | undefined;
  /** What was not in order when the session began. */
  #found: readonly string[] = [];
  /** What happened to its engines since, the newest last. */
  readonly #happened: string[] = [];
  /** Restarts that no round has noted yet. */
  #unnoted: string[] = [];
  readonly #restarts = new Restarts();
  readonly #training: Training;
  readonly #device: Device;
  readonly #keyFor: KeyFor | undefined;
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
    keyFor?: KeyFor,
  ) {
    this.id = id;
    this.request = request;
    this.#training = training;
    this.#device = device;
    this.#keyFor = keyFor;
    this.#patience = patience;
    this.#watchDog = new WatchDog(patience);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get state(): LiveState {
    return this.#state;
  }

  /** What a person should know of the session: as it was found, and the newest of what happened to its engine. */
  get warnings(): readonly string[] {
    return [...this.#found, ...this.#happened.slice(-mostHappenings)];
  }

  /** The newest snapshot; undefined until its engine is open, but for a download. */
  progress(): Progress | undefined {
    if (!this.#progress) return this.#download && downloadSnapshot(this.id, this.#state, this.#download);
    const { stuck } = this;
    const { telemetry } = this.#engine?.status() ?? {};
    return {
      ...this.#progress.snapshot(),
      state: this.#state,
      ...(telemetry && { telemetry }),
      ...(stuck !== undefined && { stuck }),
    };
  }

  /**
   * Trains to the end of the session.
   * @throws AbortedError where it was stopped before its first event, or what made it fail
   */
  async train(home: string, hooks: LiveHooks): Promise<RunSummary> {
    this.#hooks = hooks;
    this.#enter(this.#gate.isOpen ? "starting" : "paused");
    const watch = setInterval(() => this.#watch(), 1000 * this.#patience.every);
    try {
      for (let training = this.#training; ; training = resumeRun) {
        try {
          return await training(this.#options(home, hooks));
        } catch (error) {
          if (!this.#mayRestart(error)) throw error;
        }
      }
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
    this.problem = undefined;
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
    const engine = this.#engine;
    if (!engine) return;
    // An engine that is being opened has no work to lose.
    const patienceMs = this.player ? engine.capabilities.abortLatencyMs + graceMs : 0;
    const force = setTimeout(() => void engine.close(), patienceMs);
    void this.ended.then(() => clearTimeout(force));
  }

  #options(home: string, hooks: LiveHooks): RunOptions {
    return {
      home,
      id: this.id,
      ...(this.request?.workspace !== undefined && { workspace: this.request.workspace }),
      signal: this.#stopping.signal,
      now: this.#clock.now,
      notes: this.#unnoted,
      keyFor: this.#keyFor,
      share: (own) => {
        this.#engine = own;
        return new SharedEngine(own, this.#device, this.#gate);
      },
      onDownload: (progress) => {
        const { since = performance.now(), from = progress.doneBytes } = this.#download ?? {};
        this.#download = { progress, since, from };
        hooks.onDownload();
      },
      onSession: (session) => {
        this.player = { session, engine: this.#engine! };
      },
      onEvent: (event) => this.#accept(event),
    };
  }

  /** Says that the session goes on with a new engine, where the old one is gone and that is no habit. */
  #mayRestart(error: unknown): boolean {
    // What dies before it has begun would die again, and nothing is lost by saying so at once.
    if (!isEngineLost(error) || !this.#progress || this.#stopping.signal.aborted) return false;
    const saved = this.rounds.findLast(({ recovery }) => recovery !== undefined)?.round;
    const sentence = this.#restarts.next(error, this.#progress.phase, saved);
    if (sentence === undefined) return false;
    this.player = undefined;
    this.stuck = sentence;
    this.#happened.push(sentence);
    this.#unnoted.push(sentence);
    this.#hooks?.onRestart(error, sentence);
    return true;
  }

  #accept(event: RunEvent): void {
    if (event.type === "started") {
      const { every } = this.player!.session.game.config.eval;
      this.#progress = new SessionProgress(event, every, this.#clock.now, this.#progress?.beganAt);
      this.rounds.splice(0, this.rounds.length, ...event.history);
      this.#found = event.warnings;
      this.#isStuck(undefined);
      if (this.#state === "starting") this.#enter("running");
    }
    if (event.type === "notice") this.#happened.push(`${event.notice.message} ${event.notice.next}`);
    this.#progress?.accept(event);
    if (event.type === "round") {
      this.rounds.push(event.record);
      this.#unnoted = [];
    }
    this.#hooks?.onEvent(event);
    if (event.type === "round") this.#heedAlarms(event);
  }

  /** Tells of a round's alarms, and pauses after it where they ask for it; its weights stay as they are until somebody has looked. After the last round nothing is left to hold. */
  #heedAlarms({ record, rounds }: Extract<RunEvent, { type: "round" }>): void {
    const { config } = this.player!.session.game;
    const isLast = record.round >= rounds || this.asked === "stop";
    const problem = isLast ? undefined : pausingProblem(record, config.alarms);
    const { round, alarms } = record;
    if (alarms) this.#hooks?.onAlarms({ round, alarms, pauses: problem !== undefined });
    if (!problem) return;
    this.problem = problem;
    void this.pause();
  }

  #watch(): void {
    const engine = this.#engine;
    if (!engine) return;
    const why = this.#watchDog.hung(this.#progress?.phase?.usual ?? null, engine.status());
    if (why !== undefined && this.#given !== engine) {
      this.#given = engine;
      void engine.kill(why);
    }
    if (!this.player || this.#state !== "running") return;
    this.#isStuck(this.#watchDog.look(this.#progress?.phase, engine.status()));
  }

  #isStuck(sentence: string | undefined): void {
    const isNews = (sentence === undefined) !== (this.stuck === undefined);
    this.stuck = sentence;
    if (isNews) this.#hooks?.onStuck(sentence);
  }

  #enter(state: LiveState): void {
    this.#state = state;
    this.#hooks?.onState(state);
  }
}
