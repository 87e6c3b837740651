import { cp, mkdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { describeChanges } from "../config/changes.ts";
import { resolveConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { nodeFileSystem } from "../store/fs.ts";
import type { Lineage, RunRecord } from "../store/records.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { Store } from "../store/store.ts";
import { flushTree } from "../store/tree.ts";
import type { SavedState } from "./origin.ts";
import { openSession, type Session } from "./session.ts";

/** A fork's place in its lineage. Another algorithm begins a new stage; anything else goes on in the parent's. */
export function forkLineage(parent: RunRecord, round: number, config: Config): Lineage {
  const before = resolveConfig(parent.config);
  const { root, stageModel } = parent.lineage;
  const lineage: Lineage = {
    root,
    seed: config.seed,
    parent: { run: parent.id, round },
    changes: describeChanges(before, config),
  };
  return stageModel ? { ...lineage, stageModel } : lineage;
}

/** Whether a fork starts anew from its parent's weights: with a fresh optimizer, and with them as `stage` reference. */
export function beginsStage(parent: RunRecord, config: Config): boolean {
  return resolveConfig(parent.config).algorithm.name !== config.algorithm.name;
}

/**
 * Writes the parent's policy at a state as a model folder, from which a new stage starts with a fresh optimizer.
 * @returns the folder, relative to the store's home
 */
export async function writeStageModel(
  store: Store,
  parent: RunRecord,
  state: SavedState,
  run: string,
): Promise<string> {
  const dir = join(store.dir(run), "stage");
  const session = await openSession(resolveConfig(parent.config), parent.lineage, store.home);
  try {
    await session.engine.load(state.dir);
    await mkdir(dir, { recursive: true });
    await session.engine.export(dir, "hf");
    await flushTree(nodeFileSystem, dir);
  } finally {
    await session.close();
  }
  return relative(store.home, dir);
}

/**
 * Gives a fork its first record, its parent's of that round, with the state that it starts from.
 * @param origin the parent's state (see origin.ts); removed once the fork has it as its own
 */
export async function inherit(store: Store, writer: RunWriter, session: Session, origin: SavedState): Promise<void> {
  const { parent, stageModel } = writer.record.lineage;
  const record = (await store.readRounds(parent!.run)).find(({ round }) => round === origin.round)!;
  const { stageModel: before } = (await store.readRun(parent!.run)).lineage;
  const beginsStage = stageModel !== before;
  const saveState = (folder: string): Promise<void> =>
    beginsStage ? session.engine.save(folder) : cp(origin.dir, folder, { recursive: true });
  const { recovery: _, ...inherited } = { ...record, phases: {}, seconds: 0 };
  await writer.commitRound({ record: inherited, queries: [], saveState });
  await rm(origin.dir, { recursive: true, force: true });
}
