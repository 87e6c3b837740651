import { randomBytes } from "node:crypto";
import { applyOverrides, resolveConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { SparringError } from "../errors.ts";
import type { Lineage, RunRecord } from "../store/records.ts";
import { Store } from "../store/store.ts";
import { version } from "../version.ts";
import type { RunEvent } from "./events.ts";
import { beginsStage, forkLineage, inherit, withState, writeStageModel } from "./lineage.ts";
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
  return closing(async (keep) => {
    const session = keep(await openSession(config, lineage, store.home));
    const writer = keep(await store.create(runRecord(id, config, lineage, session, options)));
    return train(writer, session, undefined, options);
  });
}

/** Goes on after a run's last finished round, bit for bit as if it had never stopped. */
export async function resumeRun(id: string, options: RunOptions): Promise<RunSummary> {
  const store = new Store(options.home);
  return closing(async (keep) => {
    const writer = keep(await store.open(id));
    const { config, lineage } = writer.record;
    const session = keep(await openSession(resolveConfig(config), lineage, store.home));
    const recovered = await writer.recover();
    const { parent } = lineage;
    if (recovered.from || !parent) return train(writer, session, recovered, options);
    // A fork that was cut off before it had its parent's state.
    await withState(store, parent.run, parent.round, (state) => inherit(store, writer, session, state));
    return train(writer, session, await writer.recover(), options);
  });
}

/**
 * Creates a run that goes on from another run's round, with changed settings or without, and trains it.
 * @param round     one with a checkpoint, or the parent's last; the newest there is, if left out
 * @param overrides `key=value`
 * @throws SparringError `run/nothing-to-play` where the config's last round is not after that round
 */
export async function forkRun(
  parentId: string,
  round: number | undefined,
  overrides: readonly string[],
  options: RunOptions,
): Promise<RunSummary> {
  const store = new Store(options.home);
  const parent = await store.readRun(parentId);
  const { config } = applyOverrides(resolveConfig(parent.config), overrides);
  const id = options.id ?? newId(config.name);
  return closing(async (keep) => {
    const { writer, session } = await withState(store, parentId, round, async (state) => {
      requireRounds(state.round, config);
      const lineage = forkLineage(parent, state.round, config);
      if (beginsStage(parent, config)) lineage.stageModel = await writeStageModel(store, parent, state, id);
      const session = keep(await openSession(config, lineage, store.home));
      const writer = keep(await store.create(runRecord(id, config, lineage, session, options)));
      await inherit(store, writer, session, state);
      return { writer, session };
    });
    return train(writer, session, await writer.recover(), options);
  });
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
