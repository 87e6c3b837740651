import { isDeepStrictEqual } from "node:util";
import { resolveConfig } from "../../config/load.ts";
import { settingsThatNeedTrust } from "../../config/trust.ts";
import { hubIdOf, resolveModel } from "../../models/resolve.ts";
import type { ResultOf, RunOverview, ValidParamsOf } from "../../protocol.ts";
import { InOrder } from "../../store/in-order.ts";
import type { RunRequest } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { TrustedFolders } from "../../store/trust.ts";
import { requireEngine } from "../engine-of.ts";
import { requireAgreement, requireOrigins, serversOf } from "../judging/agreed-servers.ts";
import { requireJudges } from "../judging/outside-judges.ts";
import { configOf } from "../reading/run-config.ts";
import { forkConfig, prepareFork, startFork, startRun } from "../run.ts";
import { requireForkTrust, requireTrust } from "./consent.ts";
import { exists, finished, notRunning } from "./control-errors.ts";
import type { Training } from "./live-run.ts";
import type { RunQueue } from "./run-queue.ts";
import { trainingOf } from "./trainings.ts";

/** Starts, forks, pauses, resumes and stops runs. Every verb can be sent twice: it then answers with what is already so. */
export class Control {
  readonly #store: Store;
  readonly #queue: RunQueue;
  readonly #trust: TrustedFolders;
  /** Verbs that bring a run into the queue: of two at once, the second finds what the first did. */
  readonly #beginnings = new InOrder();

  constructor(store: Store, queue: RunQueue, trust: TrustedFolders) {
    this.#store = store;
    this.#queue = queue;
    this.#trust = trust;
  }

  /**
   * @throws SparringError `run/exists` where another run has that id, `run/not-trusted`, `run/needs-agreement`, `run/bad-origin`, those
   * of `requireEngine`, `requireJudges` and `resolveModel`, ConfigError
   */
  start(params: ValidParamsOf<"sparring/run/start">): Promise<RunOverview> {
    const { run: id, config: given, file, workspace, agree = [] } = params;
    const config = resolveConfig(given);
    const request: RunRequest = {
      kind: "start",
      config: { ...config },
      at: new Date().toISOString(),
      ...(file !== undefined && { file }),
      ...(workspace !== undefined && { workspace }),
    };
    const isSame = (asked: RunRequest): boolean =>
      asked.kind === "start" && isDeepStrictEqual(asJson(asked.config), asJson(config));
    return this.#begin(id, isSame, async () => {
      await requireTrust(settingsThatNeedTrust(config), file, (folder) => this.#trust.covers(folder));
      // Found out now, what is missing costs nobody a place in the queue. A model of the hub is looked for when its turn comes.
      await requireEngine(config, this.#store.home);
      requireJudges(config);
      const { path } = config.model;
      if (!hubIdOf(path, this.#store.home)) await resolveModel(path, this.#store.home);
      requireOrigins(agree);
      await requireAgreement(this.#store, id, serversOf(config), agree);
      // The last thing before the queue: what is refused leaves nothing behind.
      await this.#store.agree(id, agree);
      return { request, training: (options) => startRun(config, options) };
    });
  }

  /**
   * A fork is a run of its own: what the user agreed to for its parent does not hold for it.
   * @throws SparringError `run/exists`, `run/nothing-to-play`, `run/not-trusted`, `run/needs-agreement`, `run/bad-origin`,
   * `store/unknown-run`, `store/unknown-checkpoint`, ConfigError
   */
  fork(params: ValidParamsOf<"sparring/run/fork">): Promise<RunOverview> {
    const { run: id, parent, round, settings, file, workspace, agree = [] } = params;
    const isSame = (asked: RunRequest): boolean =>
      asked.kind === "fork" &&
      asked.parent === parent &&
      (round === undefined || asked.round === round) &&
      isDeepStrictEqual(asked.settings, settings);
    return this.#begin(id, isSame, async () => {
      const { before, config } = await forkConfig(this.#store, parent, settings, workspace);
      if (file !== undefined) await requireForkTrust(before, config, file, (folder) => this.#trust.covers(folder));
      requireOrigins(agree);
      await requireAgreement(this.#store, id, serversOf(config), agree);
      const fork = await prepareFork(this.#store, id, { parent, round }, settings, workspace);
      await this.#store.agree(id, agree);
      const request: RunRequest = {
        kind: "fork",
        parent,
        round: fork.origin.round,
        settings,
        at: new Date().toISOString(),
        ...(workspace !== undefined && { workspace }),
      };
      return { request, training: (options) => startFork(fork, options) };
    });
  }

  /** Resolves when the run's engine rests. @throws SparringError `run/not-running`, `store/unknown-run` */
  async pause(id: string): Promise<RunOverview> {
    const run = this.#queue.live(id);
    if (!run || run.state === "queued") throw notRunning(await this.#queue.overview(id));
    const pausing = run.pause();
    this.#queue.announce(id);
    await pausing;
    return this.#queue.overview(id);
  }

  /**
   * Lets a paused run go on, or queues one that rests.
   * @throws SparringError `run/finished`, `run/needs-agreement`, `store/unknown-run`
   */
  async resume(id: string): Promise<RunOverview> {
    this.#queue.live(id)?.resume();
    return this.#beginnings.run(async () => {
      const overview = await this.#queue.overview(id);
      if (this.#queue.live(id)) return overview;
      if (overview.state === "finished") throw finished(overview);
      await requireAgreement(this.#store, id, serversOf(await configOf(this.#store, id)));
      const request = (await this.#store.readStatus(id))?.request;
      await this.#queue.enqueue(id, await trainingOf(this.#store, id, request), request);
      return this.#queue.overview(id);
    });
  }

  /** Resolves when the run has ended. @throws SparringError `store/unknown-run` */
  async stop(id: string): Promise<RunOverview> {
    const run = this.#queue.live(id);
    if (run) {
      this.#queue.end(run);
      this.#queue.announce(id);
      await run.ended;
    }
    return this.#queue.overview(id);
  }

  /**
   * Keeps with a run, whatever its state, that its user agrees to servers. It starts nothing.
   * @returns the origins of all that was agreed to so far
   * @throws SparringError `run/bad-origin`, `store/unknown-run`
   */
  async agree({ run: id, origins }: ValidParamsOf<"sparring/run/agree">): Promise<ResultOf<"sparring/run/agree">> {
    requireOrigins(origins);
    await this.#store.existingDir(id);
    await this.#store.agree(id, origins);
    return { agreed: await this.#store.agreed(id) };
  }

  #begin(
    id: string,
    isSame: (asked: RunRequest) => boolean,
    prepare: () => Promise<{ readonly request: RunRequest; readonly training: Training }>,
  ): Promise<RunOverview> {
    return this.#beginnings.run(async () => {
      if (this.#queue.knows(id)) {
        const asked = (await this.#store.readStatus(id))?.request;
        if (!asked || !isSame(asked)) throw exists(id, this.#store.dir(id));
      } else {
        const { request, training } = await prepare();
        await this.#queue.enqueue(id, training, request);
      }
      return this.#queue.overview(id);
    });
  }
}

/** As it will be when it comes back from the disk. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
