import { join } from "node:path";
import type { Config } from "../config/schema.ts";
import type { AdapterRef, Engine } from "../engine/engine.ts";
import { OnnxEngine } from "../engine/onnx/onnx-engine.ts";
import type { HubOptions } from "../models/hub/model.ts";
import { type ResolvedModel, resolveModel } from "../models/resolve.ts";
import { ChatTokenizer } from "../models/tokenizer.ts";
import type { Lineage } from "../store/records.ts";
import { composeGame, type Game } from "./game.ts";

/** A game with its engine running. */
export interface Session {
  readonly game: Game;
  readonly engine: Engine;
  /** The model that the stage began with. */
  readonly model: ResolvedModel;
  /** The model behind the reference policy, where that is another one. */
  readonly reference: ResolvedModel | undefined;
  /** Ends the engine. */
  close(): Promise<void>;
}

export interface SessionOptions extends HubOptions {
  /** What the game plays on in place of the engine itself, e.g. one that can be paused. */
  readonly share?: ((engine: Engine) => Engine) | undefined;
}

/**
 * Opens the model that a run's stage begins with, and its reference policy; downloads what the Hugging Face cache lacks.
 * @throws AbortedError if a download is cancelled
 */
export async function openSession(
  config: Config,
  lineage: Pick<Lineage, "seed" | "stageModel">,
  home: string,
  { share = (engine) => engine, ...hub }: SessionOptions = {},
): Promise<Session> {
  const model = await modelOf(config, lineage, home, hub);
  const reference = config.model.reference === "stage" ? undefined : await referenceOf(config, lineage, home, hub);
  const adapter = adapterOf(config, lineage);
  const { dir } = model;
  const tokenizer = await ChatTokenizer.load(dir);
  const engine = engineOf(config);
  try {
    await engine.open(model, {
      ...(adapter && { adapter }),
      ...(reference && { reference }),
    });
    const shared = share(engine);
    const game = composeGame(config, shared, tokenizer, lineage.seed);
    return { engine: shared, game, model, reference, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** An engine as the config wants it, without a model. */
export function engineOf({ engine: { threads, micro_batch_tokens: microBatchTokens } }: Config): Engine {
  return new OnnxEngine({ threads, ...(microBatchTokens && { microBatchTokens }) });
}

/** The adapter that is trained; undefined where all weights are. */
export function adapterOf({ adapter }: Config, { seed }: Pick<Lineage, "seed">): AdapterRef | undefined {
  return adapter && { ...adapter, seed };
}

/** The model that a run's stage begins with. @throws SparringError as `resolveModel` */
export async function modelOf(
  { model }: Config,
  { stageModel }: Pick<Lineage, "stageModel">,
  home: string,
  hub: HubOptions = {},
): Promise<ResolvedModel> {
  if (stageModel) return { dir: join(home, stageModel), name: stageModel };
  // Paths in a config are absolute by now; from the home, no folder can be taken for a model of the hub.
  return resolveModel(model.path, home, hub);
}

/** The model behind a run's reference policy. @throws SparringError as `resolveModel` */
export async function referenceOf(
  config: Config,
  lineage: Pick<Lineage, "stageModel">,
  home: string,
  hub: HubOptions = {},
): Promise<ResolvedModel> {
  const { path, reference } = config.model;
  if (reference === "stage") return modelOf(config, lineage, home, hub);
  return resolveModel(reference === "base" ? path : reference, home, hub);
}
