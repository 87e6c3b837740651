import type { Engine } from "../../engine/engine.ts";
import type { ResolvedModel } from "../../models/resolve.ts";
import type { RunRecord } from "../../store/records.ts";
import type { Game } from "../game.ts";

/** Weights to export: an engine's current policy. */
export interface WeightSource {
  readonly run: RunRecord;
  readonly game: Game;
  readonly engine: Engine;
  /** What the engine's model was opened from: an adapter's base. */
  readonly model: ResolvedModel;
  /** Whose weights, in words. */
  readonly words: string;
  /** SPARRING_HOME. */
  readonly home: string;
}
