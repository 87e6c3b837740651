import { SparringError } from "../errors.ts";
import { addition } from "./addition.ts";
import { type OpenSettings, openFamily } from "./open.ts";
import type { TaskFamily } from "./task.ts";
import { wordSums } from "./word-sums.ts";

const families: Readonly<Record<string, (settings: OpenSettings) => TaskFamily>> = {
  addition: () => addition,
  "word-sums": () => wordSums,
  open: openFamily,
};

/** The names of all families, as a config writes them. */
export const taskNames: readonly string[] = Object.keys(families);

/**
 * The task family of that name.
 * @param settings what an open family's Challenger is asked for; the others ask for what is theirs
 * @throws SparringError `task/unknown`
 */
export function findTask(name: "addition"): typeof addition;
export function findTask(name: string, settings?: OpenSettings): TaskFamily;
export function findTask(name: string, settings: OpenSettings = {}): TaskFamily {
  if (Object.hasOwn(families, name)) return families[name]!(settings);
  throw new SparringError("task/unknown", `there is no task family "${name}"`, `Use one of: ${taskNames.join(", ")}.`);
}
