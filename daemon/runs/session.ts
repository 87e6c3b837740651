import { join } from "node:path";
import type { Config } from "../config/schema.ts";
import type { AdapterRef, Engine, EngineNotice } from "../engine/engine.ts";
import type { HubOptions } from "../models/hub/model.ts";
import { type ResolvedModel, resolveModel } from "../models/resolve.ts";
import { ChatTokenizer } from "../models/tokenizer.ts";
import type { Lineage, RunData } from "../store/records.ts";
import { engineOf } from "./engine-of.ts";
import { composeGame, type Game } from "./game.ts";
import type { MayAsk } from "./judging/agreed-servers.ts";
import { type KeyFor, OutsideJudges } from "./judging/outside-judges.ts";
import { openTask, type TaskData } from "./task.ts";

/** An engine with a run's weights. */
export interface OpenedEngine {
  readonly engine: Engine;
  /** The model that the stage began with. */
  readonly model: ResolvedModel;
  /** The model behind the reference policy, where that is another one. */
  readonly reference: ResolvedModel | undefined;
  /** What the engine changed by itself, the newest last: taken out by whoever notes it. */
  readonly notices: EngineNotice[];
  close(): Promise<void>;
}

/** A game with its engine running; closing it ends the judges' processes, too. */
export interface Session extends OpenedEngine {
  readonly game: Game;
  /** The file that the game's questions are from, where they are from one. */
  readonly taskData: TaskData | undefined;
}

/** Where a stage began, if not with the config's model as it is. */
export type Stage = Pick<Lineage, "stageModel" | "stageAdapter">;

interface EngineOptions extends HubOptions {
  /** What plays on in place of the engine itself, e.g. one that can be paused. Asked before the engine is opened. */
  readonly share?: ((engine: Engine) => Engine) | undefined;
  /** Hears what the engine changes by itself. */
  readonly onNotice?: ((notice: EngineNotice) => void) | undefined;
}

export interface SessionOptions extends EngineOptions {
  /** Keys that were given for judges' servers. */
  readonly keyFor?: KeyFor | undefined;
  /** Whether texts may be sent to a judge's server; none may, if it is left out. */
  readonly mayAsk?: MayAsk | undefined;
  /** The data that the run began with: a file of questions has to be the same. */
  readonly data?: RunData | undefined;
}

/**
 * Opens the game of a run's stage, and the model that it begins with.
 * @throws SparringError as `openEngine` and `openTask`; AbortedError
 */
export async function openSession(
  config: Config,
  lineage: Stage & Pick<Lineage, "seed">,
  home: string,
  { keyFor, mayAsk, data, ...options }: SessionOptions = {},
): Promise<Session> {
  const { dir } = await modelOf(config, lineage, home, options);
  const tokenizer = await ChatTokenizer.load(dir);
  const task = await openTask(config, { dir, tokenizer }, { known: data, signal: options.signal });
  const opened = await openEngine(config, lineage, home, options);
  try {
    const outside = new OutsideJudges(config, keyFor, mayAsk);
    const game = composeGame(config, task.family, opened.engine, tokenizer, lineage.seed, outside);
    const close = async (): Promise<void> => {
      await outside.close();
      await opened.close();
    };
    return { ...opened, game, taskData: task.data, close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * Opens the model that a run's stage begins with, and its reference policy; downloads what the Hugging Face cache lacks.
 * @throws SparringError as `engineOf` and `Engine.open`; AbortedError if a download is cancelled
 */
export async function openEngine(
  config: Config,
  lineage: Stage & Pick<Lineage, "seed">,
  home: string,
  { share = (engine) => engine, onNotice, ...hub }: EngineOptions = {},
): Promise<OpenedEngine> {
  const model = await modelOf(config, lineage, home, hub);
  const reference = config.model.reference === "stage" ? undefined : await referenceOf(config, lineage, home, hub);
  const adapter = adapterOf(config, lineage, home);
  const own = await engineOf(config, home);
  const engine = share(own);
  const notices: EngineNotice[] = [];
  try {
    await own.open(model, {
      ...(adapter && { adapter }),
      ...(reference && { reference }),
      onNotice: (notice) => {
        notices.push(notice);
        onNotice?.(notice);
      },
    });
    return { engine, model, reference, notices, close: () => own.close() };
  } catch (error) {
    await own.close();
    throw error;
  }
}

/** The adapter that is trained, with the one that the stage began with if it goes on with one; undefined where all weights are. */
export function adapterOf(
  { adapter }: Config,
  { seed, stageAdapter }: Stage & Pick<Lineage, "seed">,
  home: string,
): AdapterRef | undefined {
  return adapter && { ...adapter, seed, ...(stageAdapter !== undefined && { from: join(home, stageAdapter) }) };
}

/** The adapter on the model behind a run's reference policy; undefined where that is a model alone. */
export function referenceAdapterOf(
  config: Config,
  lineage: Stage & Pick<Lineage, "seed">,
  home: string,
): AdapterRef | undefined {
  const isAdapted = lineage.stageAdapter !== undefined && config.model.reference === "stage";
  return isAdapted ? adapterOf(config, lineage, home) : undefined;
}

/** The model that a run's stage begins with: an adapter's base, where it trains one. @throws SparringError as `resolveModel` */
export async function modelOf(
  { model }: Config,
  { stageModel }: Stage,
  home: string,
  hub: HubOptions = {},
): Promise<ResolvedModel> {
  if (stageModel) return { dir: join(home, stageModel), name: stageModel };
  // Paths in a config are absolute by now; from the home, no folder can be taken for a model of the hub.
  return resolveModel(model.path, home, hub);
}

/** The model behind a run's reference policy; on it may be an adapter, see `referenceAdapterOf`. @throws SparringError as `resolveModel` */
export async function referenceOf(
  config: Config,
  lineage: Stage,
  home: string,
  hub: HubOptions = {},
): Promise<ResolvedModel> {
  const { path, reference } = config.model;
  if (reference === "stage") return modelOf(config, lineage, home, hub);
  return resolveModel(reference === "base" ? path : reference, home, hub);
}
