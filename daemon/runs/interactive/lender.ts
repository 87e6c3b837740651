import { SparringError } from "../../errors.ts";
import { isEngineLost } from "../control/restarts.ts";
import type { RunQueue } from "../control/run-queue.ts";
import type { Player } from "../player.ts";
import type { Session } from "../session.ts";
import type { Bench, Weights } from "./bench.ts";

/** Some of a run's weights in an engine, for as long as the work on them lasts. */
export interface Loan {
  readonly session: Session;
  readonly player: Player;
  /** Whose weights they are, in words. */
  readonly words: string;
  /** Runs one piece of the work on the device, alone; between two pieces training goes on. */
  turn<T>(work: () => Promise<T>): Promise<T>;
}

/** Lends the weights of runs to interactive work: from the engine that trains them, or else from the bench. */
export class Lender {
  readonly #queue: RunQueue;
  readonly #bench: Bench;

  constructor(queue: RunQueue, bench: Bench) {
    this.#queue = queue;
    this.#bench = bench;
  }

  /**
   * Lends some of a run's weights. Those that are being trained are lent as they are at each turn.
   * @throws SparringError as `Bench.use`; `run/ended` where the run's engine was closed meanwhile
   */
  lend<T>(run: string, weights: Weights, signal: AbortSignal, work: (loan: Loan) => Promise<T>): Promise<T> {
    const turn = <R>(piece: () => Promise<R>): Promise<R> => this.#queue.device.interact(piece, signal);
    const live = this.#queue.live(run)?.player;
    if (live && typeof weights === "string") {
      const { engine, session } = live;
      const words = weights === "current" ? "the weights as they are being trained" : "the reference";
      const player = { engine, game: session.game, policy: weights };
      return work({ session, player, words, turn }).catch(endedMeanwhile);
    }
    return this.#bench.use(run, weights, ({ session, round }) => {
      const policy = weights === "reference" ? "reference" : "current";
      const words = round === undefined ? "the reference" : `round ${round}`;
      return work({ session, player: { engine: session.engine, game: session.game, policy }, words, turn });
    });
  }

  /** As `lend`, of weights that stay the same from turn to turn: of those that are being trained it lends a copy. */
  lendFrozen<T>(run: string, weights: Weights, signal: AbortSignal, work: (loan: Loan) => Promise<T>): Promise<T> {
    return this.lend(run, weights, signal, async (loan) => {
      const isTraining = this.#queue.live(run)?.player?.session === loan.session;
      if (!isTraining || weights !== "current") return work(loan);
      const { engine } = loan.player;
      const round = this.#queue.live(run)?.progress()?.round;
      const policy = await loan.turn(() => engine.snapshot());
      const words = round === undefined ? "a copy of its weights" : `a copy of its weights, taken in round ${round}`;
      try {
        return await work({ ...loan, player: { ...loan.player, policy }, words });
      } finally {
        // Gone with its engine, where the run has ended.
        await engine.release(policy).catch(() => {});
      }
    });
  }
}

/** A run's engine may end under a request: with the run, or to be started again. */
function endedMeanwhile(error: unknown): never {
  const isClosed = error instanceof SparringError && error.code === "engine/closed";
  if (!isClosed && !isEngineLost(error)) throw error;
  throw new SparringError(
    "run/ended",
    "The run's engine ended while the request was under way.",
    "Ask again: its saved weights answer now.",
    { cause: error },
  );
}
