import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../../errors.ts";
import { layout } from "../../store/layout.ts";

const round = z.number().int().positive();

/** What a saved state of an imitation has beside the engine's files, in imitation.json. */
const imitationStateSchema = z.object({
  format: z.literal(1),
  at: z.object({
    iteration: round,
    first: round,
    saved: z.number().int().nonnegative(),
    accuracies: z.array(z.number().nullable()),
  }),
  /** The opponents, the oldest first. Their weights are the stage's reference, or lie in opponents/<iteration>. */
  opponents: z.array(z.object({ iteration: round, first: round, isReference: z.boolean() })),
});
export type ImitationState = z.infer<typeof imitationStateSchema>;

const fileOf = (dir: string): string => join(dir, "imitation.json");

/** Where a saved state, or a run that trains, has the weights of an iteration's opponent. */
export function opponentDir(dir: string, iteration: number): string {
  return join(layout.opponents(dir), String(iteration));
}

export async function writeState(dir: string, state: ImitationState): Promise<void> {
  await writeFile(fileOf(dir), `${JSON.stringify(state)}\n`);
}

/** Undefined where a stage begins. @throws SparringError `run/bad-state` */
export async function readState(dir: string): Promise<ImitationState | undefined> {
  const file = fileOf(dir);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return imitationStateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SparringError(
      "run/bad-state",
      "The saved state does not say where its iterations stand: imitation.json can't be read.",
      "Fork from another checkpoint.",
      { place: file, cause },
    );
  }
}
