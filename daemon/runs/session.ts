import { join } from "node:path";
import type { Config } from "../config/schema.ts";
import type { Engine, ModelRef } from "../engine/engine.ts";
import { OnnxEngine } from "../engine/onnx/onnx-engine.ts";
import { resolveModel } from "../models/resolve.ts";
import { ChatTokenizer } from "../models/tokenizer.ts";
import type { Lineage } from "../store/records.ts";
import { composeGame, type Game } from "./game.ts";

/** A game with its engine running. */
export interface Session {
  readonly game: Game;
  readonly engine: Engine;
  /** Ends the engine. */
  close(): Promise<void>;
}

/**
 * Opens the model that a run's stage begins with, and its reference policy.
 * @param share what the game plays on in place of the engine itself, e.g. one that can be paused
 */
export async function openSession(
  config: Config,
  lineage: Pick<Lineage, "seed" | "stageModel">,
  home: string,
  share: (engine: Engine) => Engine = (engine) => engine,
): Promise<Session> {
  const { path, reference } = config.model;
  const folder = async (model: string): Promise<ModelRef> => resolveModel(model, process.cwd());
  const model = lineage.stageModel ? { dir: join(home, lineage.stageModel) } : await folder(path);
  const { dir } = model;
  const tokenizer = await ChatTokenizer.load(dir);
  const { threads, micro_batch_tokens: microBatchTokens } = config.engine;
  const engine = new OnnxEngine({ threads, ...(microBatchTokens && { microBatchTokens }) });
  try {
    await engine.open(model, {
      ...(config.adapter && { adapter: { ...config.adapter, seed: lineage.seed } }),
      ...(reference !== "stage" && { reference: await folder(reference === "base" ? path : reference) }),
    });
    const shared = share(engine);
    const game = composeGame(config, shared, tokenizer, lineage.seed);
    return { engine: shared, game, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
