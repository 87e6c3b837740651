import { rm, rmdir } from "node:fs/promises";
import { applyOverrides, resolveConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Engine, EngineNotice } from "../engine/engine.ts";
import { SparringError } from "../errors.ts";
import type { DownloadProgress } from "../models/hub/download.ts";
import { regenerates } from "../selfplay/imitation.ts";
import { imitationAlgorithms, isImitation } from "../selfplay/registry.ts";
import type { Lineage, RunData, RunRecord } from "../store/records.ts";
import { Store } from "../store/store.ts";
import { fileTask } from "../tasks/registry.ts";
import { version } from "../version.ts";
import { requireEngine } from "./engine-of.ts";
import type { RunEvent } from "./events.ts";
import { type OpenedData, openGameData } from "./imitation/data.ts";
import { ImitationPlay } from "./imitation/play.ts";
import { requireSameSplit } from "./imitation/same-split.ts";
import { mayAskFor } from "./judging/agreed-servers.ts";
import { judgeRecords } from "./judging/judge-records.ts";
import type { KeyFor } from "./judging/outside-judges.ts";
import { dataSeedOf, type Fork, forkLineage, inherit } from "./lineage.ts";
import { keepOrigin, originOf } from "./origin.ts";
import { type Play, selfPlay } from "./play.ts";
import { openSession, type Session } from "./session.ts";
import type { TaskData } from "./task.ts";
import { type RunSummary, train } from "./train.ts";

export interface RunOptions {
  /** SPARRING_HOME. */
  readonly home: string;
  /** Id of the run to create. */
  readonly id: string;
  readonly onEvent: (event: RunEvent) => void;
  /** Stops the run after the last finished round; it can be resumed. */
  readonly signal?: AbortSignal;
  /** The folder that the user works in, recorded with the run. */
  readonly workspace?: string;
  /** What the game plays on in place of the engine itself, e.g. one that can be paused. */
  readonly share?: (engine: Engine) => Engine;
  /** Hears of a model's download before the session. */
  readonly onDownload?: (progress: DownloadProgress) => void;
  /** Told of the session once its engine is open. */
  readonly onSession?: (session: Session) => void;
  /** Milliseconds of a clock that never goes back; one that stands still during pauses keeps a run's times true. */
  readonly now?: () => number;
  /** Goes into the record of the first round that is played, e.g. why it is played again. */
  readonly notes?: readonly string[];
  /** Keys that were given for judges' servers. */
  readonly keyFor?: KeyFor | undefined;
}

/** Creates a run from a config and trains it to its last round. */
export async function startRun(config: Config, options: RunOptions): Promise<RunSummary> {
  const store = new Store(options.home);
  const lineage: Lineage = { root: options.id, seed: config.seed, changes: {} };
  return closing(async (keep) => {
    const session = keep(await open(config, lineage, options));
    const data = keep(await dataOf(session, lineage, undefined, options));
    const writer = keep(await store.create(runRecord(config, lineage, session, data, options)));
    const play = keep(playOf(session, data, writer.dir));
    return train(writer, session, play, undefined, withDataNotes(data, options));
  });
}

/** Goes on after a run's last finished round, bit for bit as if it had never stopped. */
export async function resumeRun(options: RunOptions): Promise<RunSummary> {
  const store = new Store(options.home);
  return closing(async (keep) => {
    const writer = keep(await store.open(options.id));
    const { config, lineage } = writer.record;
    const session = keep(await open(resolveConfig(config), lineage, options, writer.record.data));
    const data = keep(await dataOf(session, lineage, writer.record.data, options));
    const play = keep(playOf(session, data, writer.dir));
    const recovered = await writer.recover();
    const { parent } = lineage;
    if (recovered.from || !parent) return train(writer, session, play, recovered, options);
    // A fork that was cut off before it had its parent's state.
    await inherit(store, writer, session, { round: parent.round, dir: originOf(store, options.id) });
    return train(writer, session, play, await writer.recover(), options);
  });
}

/**
 * The config that a fork will have, and its parent's.
 * @param settings `key=value`, with paths relative to `folder`
 * @throws SparringError as `Store.readRun`; ConfigError
 */
export async function forkConfig(
  store: Store,
  id: string,
  settings: readonly string[],
  folder?: string,
): Promise<{ readonly parent: RunRecord; readonly before: Config; readonly config: Config }> {
  const parent = await store.readRun(id);
  const before = resolveConfig(parent.config);
  return { parent, before, config: applyOverrides(before, settings, folder).config };
}

/** A fork that can be started whatever becomes of its parent meanwhile. */
export type PreparedFork = Fork;

/**
 * Checks a fork and keeps the state that it will start from.
 * @param round    one with a checkpoint, or the parent's last; the newest there is, if left out
 * @param settings `key=value`, with paths relative to `folder`
 * @throws SparringError as `keepOrigin`, `requireEngine` and `requireSameSplit`, `run/nothing-to-play` where no round is left to play, `run/too-few-rounds` where
 *   a new stage has fewer rounds than iterations; ConfigError
 */
export async function prepareFork(
  store: Store,
  id: string,
  from: { readonly parent: string; readonly round: number | undefined },
  settings: readonly string[],
  folder?: string,
): Promise<PreparedFork> {
  const { parent, before, config } = await forkConfig(store, from.parent, settings, folder);
  await requireEngine(config, store.home);
  try {
    const origin = await keepOrigin(store, from.parent, from.round, originOf(store, id));
    requireRounds(origin.round, config);
    if (before.algorithm.name !== config.algorithm.name) requireIterations(origin.round, config);
    requireSameSplit(before, config);
    return { parent, origin, config };
  } catch (error) {
    await rm(originOf(store, id), { recursive: true, force: true });
    // Gone if it was made for this fork only.
    await rmdir(store.dir(id)).catch(() => {});
    throw error;
  }
}

/** Creates a run that goes on from another one's round, and trains it. */
export async function startFork({ parent, origin, config }: PreparedFork, options: RunOptions): Promise<RunSummary> {
  const store = new Store(options.home);
  return closing(async (keep) => {
    const lineage = await forkLineage(store, { parent, origin, config }, options.id);
    const session = keep(await open(config, lineage, options, questionsOf(parent, config)));
    const data = keep(await dataOf(session, lineage, undefined, options));
    const writer = keep(await store.create(runRecord(config, lineage, session, data, options)));
    await inherit(store, writer, session, origin);
    const play = keep(playOf(session, data, writer.dir));
    return train(writer, session, play, await writer.recover(), withDataNotes(data, options));
  });
}

/** Prepares a fork and starts it at once. */
export async function forkRun(
  parent: string,
  round: number | undefined,
  settings: readonly string[],
  options: RunOptions,
): Promise<RunSummary> {
  const store = new Store(options.home);
  return startFork(await prepareFork(store, options.id, { parent, round }, settings), options);
}

/** @param data that the run began with */
async function open(config: Config, lineage: Lineage, options: RunOptions, data?: RunData): Promise<Session> {
  const { home, share, signal, onDownload: onProgress, onSession, onEvent, keyFor } = options;
  const onNotice = (notice: EngineNotice): void => onEvent({ type: "notice", notice });
  const mayAsk = mayAskFor(new Store(home), options.id);
  const given = { share, signal, onProgress, onNotice, keyFor, mayAsk, data };
  const session = await openSession(config, lineage, home, given);
  onSession?.(session);
  return session;
}

/** The questions of a fork's parent, where the fork asks those of the same file: they have to be the same. */
function questionsOf({ config, data }: RunRecord, { game }: Config): RunData | undefined {
  const isSameFile = game.task === fileTask && resolveConfig(config).game.data === game.data;
  return isSameFile ? data : undefined;
}

/** Every iteration of a stage has at least one round. */
function requireIterations(round: number, { game, imitation, algorithm, name }: Config): void {
  const isIterated = isImitation(algorithm.name) && regenerates(imitationAlgorithms[algorithm.name]);
  if (!isIterated || game.rounds - round >= imitation.iterations) return;
  throw new SparringError(
    "run/too-few-rounds",
    `The stage would begin after round ${round}: up to game.rounds, ${game.rounds}, there are fewer rounds than imitation.iterations, ${imitation.iterations}.`,
    `Add game.rounds=${round + imitation.iterations} or more, or lower imitation.iterations.`,
    { place: name },
  );
}

/** What a run learns from; without data where its game needs none. */
interface MaybeData {
  /** What it imitates. */
  readonly opened: OpenedData | undefined;
  /** What is told of either. */
  readonly told: TaskData | undefined;
  close(): Promise<void>;
}

/** @param known the data that the run began with */
async function dataOf(
  { game, taskData }: Session,
  lineage: Lineage,
  known: RunData | undefined,
  { signal }: RunOptions,
): Promise<MaybeData> {
  const opened = game.kind === "imitation" ? await openGameData(game, dataSeedOf(lineage), known, signal) : undefined;
  return { opened, told: opened ?? taskData, close: async () => opened?.close() };
}

/** How the session's game is played. @param dir the run's folder */
function playOf({ game }: Session, { opened }: MaybeData, dir: string): Play {
  return game.kind === "imitation" ? new ImitationPlay(game, opened!, dir) : selfPlay(game);
}

/** What a run's first record says of its data. */
function withDataNotes({ told }: MaybeData, options: RunOptions): RunOptions {
  if (!told) return options;
  return { ...options, notes: [...(options.notes ?? []), told.summary, ...told.warnings] };
}

/** Runs `work` and closes what it kept, the last first. */
async function closing<T>(
  work: (keep: <R extends { close(): Promise<void> }>(resource: R) => R) => Promise<T>,
): Promise<T> {
  const kept: { close(): Promise<void> }[] = [];
  try {
    return await work((resource) => {
      kept.unshift(resource);
      return resource;
    });
  } finally {
    for (const resource of kept) await resource.close();
  }
}

function requireRounds(round: number, { game, name }: Config): void {
  if (game.rounds > round) return;
  throw new SparringError(
    "run/nothing-to-play",
    `The fork would start after round ${round}, and game.rounds is ${game.rounds}: there is no round to play.`,
    `Fork from an earlier round, or add game.rounds=${round + 100}.`,
    { place: name },
  );
}

function runRecord(
  config: Config,
  lineage: Lineage,
  session: Session,
  { told }: MaybeData,
  { id, workspace }: RunOptions,
): RunRecord {
  const judges = judgeRecords(session.game);
  return {
    format: 1,
    id,
    name: config.name,
    createdAt: new Date().toISOString(),
    config: { ...config, model: pinnedModel(config, session) },
    lineage,
    versions: { sparring: version, node: process.version },
    fingerprint: { ...session.engine.capabilities.fingerprint },
    ...(told && { data: told.facts }),
    ...(judges && { judges }),
    ...(workspace !== undefined && { workspace }),
  };
}

/** A config's models with the commits that were taken from the hub, so that a resume takes the same weights for ever. */
function pinnedModel({ model }: Config, session: Session): Config["model"] {
  const isNamed = model.reference !== "stage" && model.reference !== "base";
  return {
    ...model,
    path: session.model.pinned ?? model.path,
    reference: (isNamed ? session.reference?.pinned : undefined) ?? model.reference,
  };
}
