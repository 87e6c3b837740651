import { cp, mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { describeChanges } from "../config/changes.ts";
import { resolveConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { SparringError } from "../errors.ts";
import type { Lineage, RunRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { openSession } from "./session.ts";

/** A finished round's state on disk. */
export interface SavedState {
  readonly round: number;
  readonly dir: string;
}

/**
 * The state of a run at a round, from a checkpoint, or from the recovery slot if it is the last round and nobody is
 * training the run.
 * @param round the newest there is, if left out
 * @param use   reads the state; it stays in place until this resolves
 */
export async function withState<T>(
  store: Store,
  run: string,
  round: number | undefined,
  use: (state: SavedState) => Promise<T>,
): Promise<T> {
  const checkpoints = await store.listCheckpoints(run);
  const checkpoint = round === undefined ? undefined : checkpoints.find((each) => each.round === round);
  if (checkpoint) return use(checkpoint);
  const writer = await store.open(run).catch((error: unknown) => {
    if (error instanceof SparringError && error.code.startsWith("store/locked")) return undefined;
    throw error;
  });
  if (writer) {
    try {
      const { from } = await writer.recover();
      if (from && (round === undefined || from.round === round)) return await use(from);
    } finally {
      await writer.close();
    }
  }
  const newest = checkpoints.at(-1);
  if (round === undefined && newest) return use(newest);
  return use(await store.findCheckpoint(run, round ?? 0));
}

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

/** Writes the parent's policy at a state as a model folder, from which a new stage starts with a fresh optimizer. */
export async function writeStageModel(
  store: Store,
  parent: RunRecord,
  state: SavedState,
  dir: string,
): Promise<string> {
  const { engine } = await openSession(resolveConfig(parent.config), parent.lineage, store.home);
  try {
    await engine.load(state.dir);
    await mkdir(dir, { recursive: true });
    await engine.export(dir, "hf");
  } finally {
    await engine.close();
  }
  return relative(store.home, dir);
}

/** Copies a state's files into a folder of the store's. */
export async function copyState(state: SavedState, folder: string): Promise<void> {
  await cp(state.dir, folder, { recursive: true });
}

/** Where a run keeps the model that its stage began with. */
export function stageFolder(store: Store, run: string): string {
  return join(store.dir(run), "stage");
}
