import { SparringError } from "../errors.ts";
import { addition } from "./addition.ts";
import { type OpenSettings, openFamily } from "./open.ts";
import { requireVerifiable, type TaskFamily } from "./task.ts";
import { wordSums } from "./word-sums.ts";

const families: Readonly<Record<string, (settings: OpenSettings) => TaskFamily>> = {
  addition: () => addition,
  "word-sums": () => wordSums,
  open: openFamily,
};

/** The family of questions from a file (`list.ts`): it is made when the file has been read. */
export const fileTask = "file";

/** The names of all families, as a config writes them. */
export const taskNames: readonly string[] = [...Object.keys(families), fileTask];

/**
 * The task family of that name; not `file`, which needs its questions.
 * @param settings what an open family's Challenger is asked for; the others ask for what is theirs
 * @throws SparringError `task/unknown`
 */
export function findTask(name: "addition"): typeof addition;
export function findTask(name: string, settings?: OpenSettings): TaskFamily;
export function findTask(name: string, settings: OpenSettings = {}): TaskFamily {
  if (Object.hasOwn(families, name)) return families[name]!(settings);
  throw new SparringError("task/unknown", `there is no task family "${name}"`, `Use one of: ${taskNames.join(", ")}.`);
}

/** Whether the family of that name knows right answers, so that there are held-out tasks to measure on. */
export function knowsAnswers(name: string): boolean {
  return name === fileTask || findTask(name).verifiable;
}

/**
 * As `requireVerifiable`, before the family is made.
 * @throws SparringError `task/not-verifiable`
 */
export function requireAnswers(name: string): void {
  if (!knowsAnswers(name)) requireVerifiable(findTask(name));
}
