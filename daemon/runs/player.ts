import type { Engine, PolicyId } from "../engine/engine.ts";
import type { Game } from "./game.ts";

/** Who answers: a game's rules and texts, and the weights to sample from. */
export interface Player {
  readonly game: Game;
  readonly engine: Engine;
  readonly policy: PolicyId;
}
