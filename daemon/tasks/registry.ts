import { SparringError } from "../errors.ts";
import { addition } from "./addition.ts";
import type { TaskFamily } from "./task.ts";

const families: readonly TaskFamily[] = [addition];

/**
 * The task family of that name.
 * @throws SparringError `task/unknown`
 */
export function findTask(name: string): TaskFamily {
  const family = families.find((candidate) => candidate.name === name);
  if (family) return family;
  throw new SparringError(
    "task/unknown",
    `there is no task family "${name}"`,
    `Use one of: ${families.map((known) => known.name).join(", ")}.`,
  );
}
