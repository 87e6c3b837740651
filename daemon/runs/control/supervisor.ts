import { rm } from "node:fs/promises";
import type { Progress, ResultOf, RunOverview, ValidParamsOf } from "../../protocol.ts";
import { RunIndex } from "../../store/index/run-index.ts";
import type { LogLevel } from "../../store/log-line.ts";
import { Store } from "../../store/store.ts";
import { TrustedFolders } from "../../store/trust.ts";
import { Drafts } from "../drafts/drafts.ts";
import { Bench, scratchOf, type Weights } from "../interactive/bench.ts";
import { chat, replay } from "../interactive/chat.ts";
import { Comparisons } from "../interactive/comparisons.ts";
import type { Errand } from "../interactive/errand.ts";
import { evaluateWeights } from "../interactive/evaluating.ts";
import { exportCheckpoint, exportData } from "../interactive/exporting.ts";
import { Lender, type Loan } from "../interactive/lender.ts";
import { maySendEvaluation, maySendReplay } from "../interactive/sending.ts";
import type { KeyFor } from "../judging/outside-judges.ts";
import { RatingDesk } from "../rating/rating-desk.ts";
import { Reading } from "../reading/reading.ts";
import { RoundViews } from "../reading/round-views.ts";
import { Control } from "./control.ts";
import { type Announcements, Listeners } from "./listeners.ts";
import { RunQueue } from "./run-queue.ts";
import type { Patience } from "./watch-dog.ts";

export interface SupervisorOptions {
  /** SPARRING_HOME. */
  readonly home: string;
  /** The daemon's own log. */
  readonly log: (level: LogLevel, message: string) => void;
  /** When a phase counts as stuck. */
  readonly patience?: Patience;
  /** Keys that were given for judges' servers. */
  readonly keyFor?: KeyFor;
}

type Run = { readonly run: string };

/** The runs of a home, as the protocol sees them: one method a verb. What they do is in the files beside this one. */
export class Supervisor {
  /** Configs as texts. */
  readonly drafts: Drafts;
  /** Rounds as an editor shows them. */
  readonly views: RoundViews;
  /** Two weights side by side. */
  readonly comparisons: Comparisons;
  readonly #store: Store;
  readonly #index: RunIndex;
  readonly #listeners: Listeners;
  readonly #queue: RunQueue;
  readonly #control: Control;
  readonly #reading: Reading;
  readonly #desk: RatingDesk;
  readonly #bench: Bench;
  readonly #lender: Lender;

  private constructor(store: Store, index: RunIndex, trust: TrustedFolders, options: SupervisorOptions) {
    this.#store = store;
    this.#index = index;
    this.#listeners = new Listeners();
    this.#queue = new RunQueue(store, index, this.#listeners, options);
    this.#control = new Control(store, this.#queue, trust);
    this.#reading = new Reading(store, index, this.#queue);
    this.#bench = new Bench(store, options.keyFor);
    this.#lender = new Lender(this.#queue, this.#bench);
    this.drafts = new Drafts(store);
    this.views = new RoundViews(store, this.#reading);
    this.comparisons = new Comparisons(store, this.#reading, this.#lender);
    this.#desk = new RatingDesk(store, index, this.#reading, this.views, this.#listeners);
  }

  /** Opens a home; the caller holds its lock. */
  static async open(options: SupervisorOptions): Promise<Supervisor> {
    const { home, log } = options;
    await rm(scratchOf(home), { recursive: true, force: true });
    const store = new Store(home);
    const onProblem = (error: unknown): void => log("warn", `The index was not written: ${(error as Error).message}`);
    const index = await RunIndex.open(store, { onProblem });
    for (const note of index.notes) log("warn", note);
    const trust = await TrustedFolders.open(home);
    const supervisor = new Supervisor(store, index, trust, options);
    await supervisor.#queue.findInterrupted();
    return supervisor;
  }

  /** @returns the unsubscriber */
  on<E extends keyof Announcements>(event: E, listener: (news: Announcements[E]) => void): () => void {
    return this.#listeners.on(event, listener);
  }

  start(params: ValidParamsOf<"sparring/run/start">): Promise<RunOverview> {
    return this.#control.start(params);
  }
  fork(params: ValidParamsOf<"sparring/run/fork">): Promise<RunOverview> {
    return this.#control.fork(params);
  }
  pause({ run }: Run): Promise<RunOverview> {
    return this.#control.pause(run);
  }
  resume({ run }: Run): Promise<RunOverview> {
    return this.#control.resume(run);
  }
  stop({ run }: Run): Promise<RunOverview> {
    return this.#control.stop(run);
  }
  agree(params: ValidParamsOf<"sparring/run/agree">): Promise<ResultOf<"sparring/run/agree">> {
    return this.#control.agree(params);
  }

  list(params: ValidParamsOf<"sparring/run/list">): Promise<ResultOf<"sparring/run/list">> {
    return this.#reading.list(params);
  }
  get(params: Run): Promise<ResultOf<"sparring/run/get">> {
    return this.#reading.get(params);
  }
  log(params: ValidParamsOf<"sparring/run/log">): Promise<ResultOf<"sparring/run/log">> {
    return this.#reading.log(params);
  }
  rounds(params: ValidParamsOf<"sparring/round/list">): Promise<ResultOf<"sparring/round/list">> {
    return this.#reading.rounds(params);
  }
  round(params: ValidParamsOf<"sparring/round/get">): Promise<ResultOf<"sparring/round/get">> {
    return this.#reading.round(params);
  }
  checkpoints(params: Run): Promise<ResultOf<"sparring/checkpoint/list">> {
    return this.#reading.checkpoints(params);
  }
  overview(run: string): Promise<RunOverview> {
    return this.#queue.overview(run);
  }
  /** The newest snapshot of a run that is in memory. */
  progress(run: string): Progress | undefined {
    return this.#queue.live(run)?.progress();
  }
  /** Runs that end with this process: queued, starting, running, paused. */
  activeRuns(): readonly string[] {
    return this.#queue.activeRuns();
  }

  nextSamples(params: ValidParamsOf<"sparring/sample/next">): Promise<ResultOf<"sparring/sample/next">> {
    return this.#desk.next(params);
  }
  rate(params: ValidParamsOf<"sparring/sample/rate">): Promise<ResultOf<"sparring/sample/rate">> {
    return this.#desk.rate(params);
  }
  unrate(params: ValidParamsOf<"sparring/sample/unrate">): Promise<ResultOf<"sparring/sample/unrate">> {
    return this.#desk.unrate(params);
  }
  ratings(params: ValidParamsOf<"sparring/rating/list">): Promise<ResultOf<"sparring/rating/list">> {
    return this.#desk.ratings(params);
  }
  agreement(params: ValidParamsOf<"sparring/judge/agreement">): Promise<ResultOf<"sparring/judge/agreement">> {
    return this.#desk.agreement(params);
  }

  chat(
    params: ValidParamsOf<"sparring/checkpoint/chat">,
    signal: AbortSignal,
  ): Promise<ResultOf<"sparring/checkpoint/chat">> {
    return this.#play(params.run, params.weights, signal, ({ player, turn }) =>
      turn(() => chat(player, params, signal)),
    );
  }

  async replay(
    params: ValidParamsOf<"sparring/sample/replay">,
    signal: AbortSignal,
  ): Promise<ResultOf<"sparring/sample/replay">> {
    await maySendReplay(this.#store, params.run);
    const query = await this.#reading.query(params.run, params.round, params.query);
    return this.#play(params.run, params.weights, signal, (loan) => replay(loan, query, params, signal));
  }

  async evaluate(
    params: ValidParamsOf<"sparring/checkpoint/evaluate">,
    errand: Errand,
  ): Promise<ResultOf<"sparring/checkpoint/evaluate">> {
    await maySendEvaluation(this.#store, params);
    const taskOf = async (run: string): Promise<string> => (await this.#queue.overview(run)).task;
    return evaluateWeights({ lender: this.#lender, taskOf }, params, errand);
  }

  exportWeights(
    params: ValidParamsOf<"sparring/checkpoint/export">,
    errand: Errand,
  ): Promise<ResultOf<"sparring/checkpoint/export">> {
    return exportCheckpoint({ store: this.#store, lender: this.#lender }, params, errand);
  }
  exportSamples(
    params: ValidParamsOf<"sparring/sample/export">,
    errand: Errand,
  ): Promise<ResultOf<"sparring/sample/export">> {
    return exportData(this.#store, params, errand);
  }

  device(): ResultOf<"sparring/daemon/status">["device"] {
    const { device, training } = this.#queue;
    const name = training === null ? "CPU" : (this.progress(training)?.device ?? "CPU");
    return { name, training, waiting: device.waiting };
  }

  /** Interrupts active runs and ends all engines. Safe to call twice. */
  async close(): Promise<void> {
    await this.#queue.close();
    await this.#bench.close();
    await this.#index.close();
  }

  /** Lets some of a run's weights answer, and says how long that waited for its first turn on the device. */
  #play<T>(
    run: string,
    weights: Weights,
    signal: AbortSignal,
    work: (loan: Loan) => Promise<T>,
  ): Promise<T & { readonly waitedSeconds: number; readonly weights: string }> {
    const asked = performance.now();
    let waitedSeconds: number | undefined;
    return this.#lender.lend(run, weights, signal, async (loan) => {
      const turn: Loan["turn"] = (piece) =>
        loan.turn(() => {
          waitedSeconds ??= (performance.now() - asked) / 1000;
          return piece();
        });
      const done = await work({ ...loan, turn });
      return { ...done, waitedSeconds: waitedSeconds ?? 0, weights: loan.words };
    });
  }
}
