import { z } from "zod";
import { problemRecordSchema, runStates } from "../records.ts";

/** What a list says about a run; all of it can be read from the run's files again. */
export const runFactsSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** As status.json says; without one `finished` where the config's last round is there, else `interrupted`. */
  state: z.enum(runStates),
  since: z.string(),
  createdAt: z.string(),
  algorithm: z.string(),
  task: z.string(),
  model: z.string(),
  seed: z.number(),
  /** The last finished round. */
  round: z.number().nullable(),
  /** The last round that it will play. */
  rounds: z.number(),
  parent: z.object({ run: z.string(), round: z.number() }).optional(),
  /** Held-out accuracy at its first and its newest evaluation, 0–1. */
  accuracy: z.object({ first: z.number(), last: z.number() }).nullable(),
  /** The iteration of its last round, where it played that itself and an imitation has an opponent; counted from 1. */
  iteration: z.object({ now: z.number(), of: z.number() }).optional(),
  /** How many ratings stand. */
  ratings: z.number(),
  workspace: z.string().optional(),
  /** Why it failed, stopped or paused itself, as status.json says. */
  problem: problemRecordSchema.optional(),
  /** Why a file of it could not be read; what that file would say is missing from the other facts. */
  broken: problemRecordSchema.optional(),
});
export type RunFacts = z.infer<typeof runFactsSchema>;
