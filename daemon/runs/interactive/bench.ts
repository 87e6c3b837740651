import { rm } from "node:fs/promises";
import { join } from "node:path";
import { resolveConfig } from "../../config/load.ts";
import type { Store } from "../../store/store.ts";
import { mayAskFor } from "../judging/agreed-servers.ts";
import type { KeyFor } from "../judging/outside-judges.ts";
import { keepOrigin } from "../origin.ts";
import { openSession, type Session } from "../session.ts";

/** Whose weights of a run answer; see the protocol. */
export type Weights = "current" | "reference" | { readonly checkpoint: number };

/** A folder for files that are needed for a moment; beside the runs, so that these can be linked into it. */
export function scratchOf(home: string): string {
  return join(home, "scratch");
}

/** An engine that nobody asks anything is closed after this time: it holds a model in memory. */
const keepWarmMs = 60_000;

/** A game with an engine that has the weights that were asked for. */
export interface BenchPlayer {
  readonly session: Session;
  /** Whose round's they are; undefined for the reference. */
  readonly round?: number;
}

/**
 * The engine for interactive work on weights that no training run has in memory: a checkpoint's, or those of a run that
 * rests. One at a time, opened when asked for and kept warm for a minute.
 */
export class Bench {
  readonly #store: Store;
  readonly #keyFor: KeyFor | undefined;
  #open: { readonly run: string; readonly session: Session; round: number | undefined } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, keyFor?: KeyFor) {
    this.#store = store;
    this.#keyFor = keyFor;
  }

  /**
   * Runs `work` on a run's weights; one after the other.
   * @throws SparringError `store/unknown-run`, `store/unknown-checkpoint`, `run/nothing-to-fork`, and those of opening a model
   */
  use<T>(run: string, weights: Weights, work: (player: BenchPlayer) => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      clearTimeout(this.#timer);
      try {
        return await work(await this.#player(run, weights));
      } finally {
        this.#timer = setTimeout(() => void this.close(), keepWarmMs).unref();
      }
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Ends the engine, after what is under way. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    const closed = this.#last.then(() => this.#end());
    this.#last = closed.catch(() => {});
    return closed;
  }

  async #player(run: string, weights: Weights): Promise<BenchPlayer> {
    const { config, lineage, data } = await this.#store.readRun(run);
    // An engine that died under the last request answers nobody any more.
    if (this.#open?.run !== run || !this.#open.session.engine.status().alive) {
      await this.#end();
      const session = await openSession(resolveConfig(config), lineage, this.#store.home, {
        keyFor: this.#keyFor,
        mayAsk: mayAskFor(this.#store, run),
        data,
      });
      this.#open = { run, session, round: undefined };
    }
    if (weights === "reference") return { session: this.#open.session };
    const round = await this.#load(weights === "current" ? undefined : weights.checkpoint);
    return { session: this.#open.session, round };
  }

  /** Loads the state of a round, the newest there is if undefined. @returns the round */
  async #load(round: number | undefined): Promise<number> {
    const open = this.#open!;
    const folder = scratchOf(this.#store.home);
    try {
      // Kept first: a run that trains again may write its slots anew while they are read.
      const state = await keepOrigin(this.#store, open.run, round, folder);
      if (open.round !== state.round) await open.session.engine.load(state.dir);
      open.round = state.round;
      return state.round;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #end(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.session.close();
  }
}
