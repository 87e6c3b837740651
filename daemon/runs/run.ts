import { randomBytes } from "node:crypto";
import { applyOverrides, resolveConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Lineage, RunRecord } from "../store/records.ts";
import { Store } from "../store/store.ts";
import { version } from "../version.ts";
import type { RunEvent } from "./events.ts";
import { beginsStage, copyState, forkLineage, stageFolder, withState, writeStageModel } from "./lineage.ts";
import { openSession, type Session } from "./session.ts";
import { type RunSummary, train } from "./train.ts";

export interface RunOptions {
  /** SPARRING_HOME. */
  readonly home: string;
  readonly onEvent: (event: RunEvent) => void;
  /** Stops the run after the last finished round; it can be resumed. */
  readonly signal?: AbortSignal;
  /** Id of the run to create; made from its name if left out. */
  readonly id?: string;
  /** The folder that the user works in, recorded with the run. */
  readonly workspace?: string;
}

/** Creates a run from a config and trains it to its last round. */
export async function startRun(config: Config, options: RunOptions): Promise<RunSummary> {
  const store = new Store(options.home);
  const id = options.id ?? newId(config.name);
  const lineage: Lineage = { root: id, seed: config.seed, changes: {} };
  const session = await openSession(config, lineage, store.home);
  try {
    const writer = await store.create(runRecord(id, config, lineage, session, options));
    try {
      return await train(writer, session, undefined, options);
    } finally {
      await writer.close();
    }
  } finally {
    await session.engine.close();
  }
}

/** Goes on after a run's last finished round, bit for bit as if it had never stopped. */
export async function resumeRun(id: string, options: RunOptions): Promise<RunSummary> {
  const store = new Store(options.home);
  const writer = await store.open(id);
  try {
    const { config, lineage } = writer.record;
    const session = await openSession(resolveConfig(config), lineage, store.home);
    try {
      const recovered = await writer.recover();
      return await train(writer, session, recovered, options);
    } finally {
      await session.engine.close();
    }
  } finally {
    await writer.close();
  }
}

/**
 * Creates a run that goes on from another run's round, with changed settings or without, and trains it.
 * @param round     one with a checkpoint, or the parent's last; the newest there is, if left out
 * @param overrides `key=value`
 */
export async function forkRun(
  parentId: string,
  round: number | undefined,
  overrides: readonly string[],
  options: RunOptions & { readonly name?: string },
): Promise<RunSummary> {
  const store = new Store(options.home);
  const parent = await store.readRun(parentId);
  const { config: changed } = applyOverrides(resolveConfig(parent.config), overrides);
  const config = { ...changed, name: options.name ?? changed.name };
  const id = options.id ?? newId(config.name);

  const forked = await withState(store, parentId, round, async (state) => {
    const lineage = forkLineage(parent, state.round, config);
    const newStage = beginsStage(parent, config);
    if (newStage) lineage.stageModel = await writeStageModel(store, parent, state, stageFolder(store, id));
    const session = await openSession(config, lineage, store.home);
    try {
      const writer = await store.create(runRecord(id, config, lineage, session, options));
      const from = (await store.readRounds(parentId)).find((each) => each.round === state.round)!;
      const saveState = (folder: string): Promise<void> =>
        newStage ? session.engine.save(folder) : copyState(state, folder);
      const { recovery: _, ...record } = from;
      await writer.commitRound({ record: { ...record, phases: {}, seconds: 0 }, queries: [], saveState });
      return { writer, session };
    } catch (error) {
      await session.engine.close();
      throw error;
    }
  });

  const { writer, session } = forked;
  try {
    return await train(writer, session, await writer.recover(), options);
  } finally {
    await session.engine.close();
    await writer.close();
  }
}

function runRecord(
  id: string,
  config: Config,
  lineage: Lineage,
  { engine }: Session,
  { workspace }: RunOptions,
): RunRecord {
  return {
    format: 1,
    id,
    name: config.name,
    createdAt: new Date().toISOString(),
    config: { ...config },
    lineage,
    versions: { sparring: version, node: process.version },
    fingerprint: { ...engine.capabilities.fingerprint },
    ...(workspace !== undefined && { workspace }),
  };
}

/** A readable id that no other run has: the name, the day, and four random characters. */
function newId(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  return `${slug || "run"}-${day}-${randomBytes(2).toString("hex")}`;
}
