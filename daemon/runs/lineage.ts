import { copyFile, cp, mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describeChanges } from "../config/changes.ts";
import { resolveConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { adapterFiles } from "../engine/adapter.ts";
import { nodeFileSystem } from "../store/fs.ts";
import type { Lineage, RunRecord } from "../store/records.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { Store } from "../store/store.ts";
import { flushTree } from "../store/tree.ts";
import type { SavedState } from "./origin.ts";
import { openEngine, type Session, type Stage } from "./session.ts";

/** A fork: whose, from which of its states, and with what config. */
export interface Fork {
  readonly parent: RunRecord;
  /** The parent's state (see origin.ts). */
  readonly origin: SavedState;
  readonly config: Config;
}

/**
 * A fork's place in its lineage. Another algorithm begins a new stage, whose weights are written here; anything else goes on in the
 * parent's.
 * @param run the fork's id
 */
export async function forkLineage(store: Store, fork: Fork, run: string): Promise<Lineage> {
  const { parent, origin, config } = fork;
  const before = resolveConfig(parent.config);
  const dataSeed = dataSeedOf(parent.lineage);
  return {
    root: parent.lineage.root,
    seed: config.seed,
    ...(dataSeed !== config.seed && { dataSeed }),
    parent: { run: parent.id, round: origin.round },
    changes: describeChanges(before, config),
    ...(before.algorithm.name === config.algorithm.name ? stageOf(parent) : await beginStage(store, fork, run)),
  };
}

/** The seed by which a run's records are set aside. */
export function dataSeedOf({ seed, dataSeed = seed }: Pick<Lineage, "seed" | "dataSeed">): number {
  return dataSeed;
}

/** Where a run's stage began. */
function stageOf({ lineage: { stageModel, stageAdapter } }: RunRecord): Stage {
  return { ...(stageModel !== undefined && { stageModel }), ...(stageAdapter !== undefined && { stageAdapter }) };
}

/**
 * Writes the parent's policy at a state to the fork's folder `stage`, from which the new stage starts with a fresh optimizer and
 * with that policy as its `stage` reference. Where the stage goes on with the parent's adapter these are the adapter's two files,
 * beside which its base stays what it was; else it is a whole model folder, an adapter merged in.
 */
async function beginStage(store: Store, fork: Fork, run: string): Promise<Stage> {
  const { parent, origin } = fork;
  const dir = join(store.dir(run), "stage");
  const folder = relative(store.home, dir);
  await mkdir(dir, { recursive: true });
  const keepsAdapter = goesOnWithAdapter(fork);
  if (keepsAdapter) {
    for (const file of Object.values(adapterFiles)) await copyFile(join(origin.dir, file), join(dir, file));
  } else {
    await exportModel(store, parent, origin, dir);
  }
  await flushTree(nodeFileSystem, dir);
  return keepsAdapter ? { ...stageOf(parent), stageAdapter: folder } : { stageModel: folder };
}

/**
 * Whether a new stage goes on with the very adapter that its parent trained. It does where both have one, of the same settings (in
 * any order of targets) and on the same model, and where the reference is the stage's start.
 */
function goesOnWithAdapter({ parent, config }: Fork): boolean {
  const trained = ({ adapter, model }: Config): object | undefined =>
    adapter && { ...adapter, targets: adapter.targets.toSorted(), path: model.path };
  const [before, after] = [trained(resolveConfig(parent.config)), trained(config)];
  return after !== undefined && isDeepStrictEqual(before, after) && config.model.reference === "stage";
}

/** Writes a run's policy at a state as a model folder. */
async function exportModel(store: Store, run: RunRecord, state: SavedState, dir: string): Promise<void> {
  const opened = await openEngine(resolveConfig(run.config), run.lineage, store.home);
  try {
    await opened.engine.load(state.dir);
    await opened.engine.export(dir, "hf");
  } finally {
    await opened.close();
  }
}

/**
 * Gives a fork its first record, its parent's of that round, with the state that it starts from.
 * @param origin the parent's state (see origin.ts); removed once the fork has it as its own
 */
export async function inherit(store: Store, writer: RunWriter, session: Session, origin: SavedState): Promise<void> {
  const { parent } = writer.record.lineage;
  const record = (await store.readRounds(parent!.run)).find(({ round }) => round === origin.round)!;
  const beginsStage = !isDeepStrictEqual(stageOf(writer.record), stageOf(await store.readRun(parent!.run)));
  const saveState = (folder: string): Promise<void> =>
    beginsStage ? session.engine.save(folder) : cp(origin.dir, folder, { recursive: true });
  // Its alarms are the parent's, whose samples show them.
  const { recovery: _, alarms: __, ...inherited } = { ...record, phases: {}, seconds: 0 };
  await writer.commitRound({ record: inherited, queries: [], saveState });
  await rm(origin.dir, { recursive: true, force: true });
}
