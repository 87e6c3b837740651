import type { CallOptions } from "../engine/engine.ts";
import type { RoundRecord } from "../store/records.ts";
import { evaluate } from "./evaluate.ts";
import type { SelfPlayGame } from "./game.ts";
import { evaluationMetrics } from "./phases/record.ts";
import { type FinishedRound, playRound, type RoundOptions } from "./round.ts";

/** How a kind of game is played: what training does to it, round by round. */
export interface Play {
  /** What a person should know before the first round. */
  readonly warnings: readonly string[];
  /** The run's last round, as far as is known now: an imitation may end early. */
  lastRound(): number;
  /**
   * Goes back to where a saved state was written.
   * @param dir what a `saver` wrote after that round, or only an engine's state where a stage begins
   */
  restore(dir: string, round: number): Promise<void>;
  /** Measures the weights as they are. */
  measure(options: CallOptions): Promise<RoundRecord["metrics"]>;
  /** Plays the next round. */
  play(round: number, options: RoundOptions): Promise<FinishedRound>;
  /** What writes the state after the round that was played last, into an empty folder; the next round may have begun meanwhile. */
  saver(): (folder: string) => Promise<void>;
  /** Frees what it holds beside the engine. */
  close(): Promise<void>;
}

/** A game of rewards: its whole state is the engine's. */
export function selfPlay(game: SelfPlayGame): Play {
  const { engine, config } = game;
  return {
    warnings: [],
    lastRound: () => config.game.rounds,
    restore: (dir) => engine.load(dir),
    measure: async (options) => evaluationMetrics(await evaluate(game, options)),
    play: (round, options) => playRound(game, round, options),
    saver: () => (folder) => engine.save(folder),
    close: async () => {},
  };
}
