import type { Config } from "../config/schema.ts";
import { ChatTokenizer } from "../models/tokenizer.ts";
import type { Store } from "../store/store.ts";
import { fileTask, findTask } from "../tasks/registry.ts";
import type { TaskFamily } from "../tasks/task.ts";
import { modelOf } from "./session.ts";
import { openTask } from "./task.ts";

/**
 * The family that a run plays, without its engine.
 * @param config the run's
 * @throws SparringError as `openTask`, `Store.readRun` and `modelOf` where its questions are from a file
 */
export async function taskOfRun(store: Store, run: string, config: Config): Promise<TaskFamily> {
  const { game, challenger } = config;
  if (game.task !== fileTask) return findTask(game.task, challenger);
  const { lineage, data } = await store.readRun(run);
  const { dir } = await modelOf(config, lineage, store.home);
  const tokenizer = await ChatTokenizer.load(dir);
  return (await openTask(config, { dir, tokenizer }, { known: data })).family;
}
