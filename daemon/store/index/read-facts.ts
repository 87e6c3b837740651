import { z } from "zod";
import { SparringError } from "../../errors.ts";
import { firstIssue } from "../jsonl.ts";
import { layout } from "../layout.ts";
import { readRatings } from "../ratings.ts";
import type { ProblemRecord, RunRecord, RunRequest, RunStatus } from "../records.ts";
import type { Store } from "../store.ts";
import type { RunFacts } from "./facts.ts";
import { iterationOf } from "./iteration.ts";
import { readRoundEnds } from "./round-ends.ts";

/** The settings that a list shows. */
const configSchema = z.looseObject({
  name: z.string().optional(),
  seed: z.number(),
  model: z.looseObject({ path: z.string() }),
  game: z.looseObject({ task: z.string(), rounds: z.number() }),
  algorithm: z.looseObject({ name: z.string() }),
  imitation: z.looseObject({ iterations: z.number() }).optional(),
});

type Shown = Pick<RunFacts, "name" | "algorithm" | "task" | "model" | "seed" | "rounds">;
/** What a run was made from: run.json, or the request while there is none. */
type Origin = Shown & Pick<RunFacts, "createdAt" | "parent" | "workspace"> & { readonly iterations?: number };

/**
 * Reads the facts of a run from its files. A file that can't be read costs only what it would say, and is named in `broken`.
 * @throws SparringError `store/unknown-run`, `store/bad-run-id`
 */
export async function readFacts(store: Store, id: string): Promise<RunFacts> {
  const dir = await store.existingDir(id);
  let broken: ProblemRecord | undefined;
  const orBroken = async <T, F>(work: Promise<T>, fallback: F): Promise<T | F> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof SparringError)) throw error;
      broken ??= problemOf(error);
      return fallback;
    }
  };
  const status = await orBroken(store.readStatus(id), undefined);
  const origin = await orBroken(readOrigin(store, id, status), undefined);
  const ends = await orBroken(readRoundEnds(store.fs, dir), undefined);
  const ratings = await orBroken(readRatings(store.fs, dir), []);
  const round = ends?.last?.round ?? null;
  const since = status?.since ?? ends?.last?.finishedAt ?? origin?.createdAt ?? "";
  const unknown = { name: id, algorithm: "", task: "", model: "", seed: 0, rounds: round ?? 0, createdAt: since };
  const { iterations, ...shown }: Origin = origin ?? unknown;
  const isFinished = origin !== undefined && round !== null && round >= origin.rounds;
  // A fork's first round is its parent's, which may have imitated something else.
  const isOwn = ends?.last !== undefined && ends.last.round > (shown.parent?.round ?? -1);
  const iteration = isOwn ? iterationOf(ends.last, iterations) : undefined;
  return {
    ...shown,
    id,
    state: status?.state ?? (isFinished ? "finished" : "interrupted"),
    since,
    round,
    accuracy: ends?.accuracy ?? null,
    ...(iteration && { iteration }),
    ratings: ratings.length,
    ...(status?.problem && { problem: status.problem }),
    ...(broken && { broken }),
  };
}

/** @throws SparringError where a file is corrupt, and `store/not-started` where neither a record nor a request is there */
async function readOrigin(store: Store, id: string, status: RunStatus | undefined): Promise<Origin> {
  try {
    return originOf(store, await store.readRun(id));
  } catch (error) {
    if (error instanceof SparringError && error.code === "store/not-started" && status?.request) {
      return requestedOrigin(store, id, status.request);
    }
    throw error;
  }
}

function originOf(store: Store, { id, name, createdAt, config, lineage, workspace }: RunRecord): Origin {
  return {
    ...shownSettings(config, layout.record(store.dir(id))),
    name,
    seed: lineage.seed,
    createdAt,
    ...(lineage.parent && { parent: lineage.parent }),
    ...(workspace !== undefined && { workspace }),
  };
}

/** A fork shows its parent's settings until it starts: what its own settings change is known to `config`, not to the store. */
async function requestedOrigin(store: Store, id: string, request: RunRequest): Promise<Origin> {
  const { at, workspace } = request;
  const asked = { createdAt: at, ...(workspace !== undefined && { workspace }) };
  if (request.kind === "start") {
    const shown = shownSettings(request.config, layout.status(store.dir(id)));
    return { ...shown, name: shown.name || id, ...asked };
  }
  const { parent, round } = request;
  const { name, algorithm, task, model, seed, rounds } = originOf(store, await store.readRun(parent));
  return { name, algorithm, task, model, seed, rounds, ...asked, parent: { run: parent, round } };
}

function shownSettings(config: unknown, file: string): Shown & Pick<Origin, "iterations"> {
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) {
    throw new SparringError(
      "store/corrupt-run",
      `The config in ${file} is not complete: ${firstIssue(parsed.error)}.`,
      "Restore the file from a backup; samples and checkpoints beside it can be read without it.",
      { place: file },
    );
  }
  const { name = "", seed, model, game, algorithm, imitation } = parsed.data;
  const shown = { name, seed, model: model.path, task: game.task, rounds: game.rounds, algorithm: algorithm.name };
  return { ...shown, ...(imitation && { iterations: imitation.iterations }) };
}

function problemOf({ code, message, next, place }: SparringError): ProblemRecord {
  return { code, message, next, ...(place !== undefined && { place }) };
}
