import { resolveConfig } from "../../config/load.ts";
import { SparringError } from "../../errors.ts";
import { readChatTemplate } from "../../models/chat-template.ts";
import { algorithms, isImitation } from "../../selfplay/registry.ts";
import type { RunRecord } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { taskOfRun } from "../run-task.ts";
import { modelOf } from "../session.ts";
import { completionRows, preferenceRows, type RowSource } from "./rows.ts";
import { makeFile } from "./target.ts";

/** Which data of a run, and where they go. */
export interface SampleExport {
  readonly run: string;
  readonly data: "completions" | "preferences";
  /** Rounds from here … */
  readonly first: number;
  /** … to here, as far as the run has finished them; to its last one if undefined. */
  readonly last: number | undefined;
  /** Absolute; must not exist. */
  readonly file: string;
}

/** What was written. */
export interface WrittenSamples {
  readonly file: string;
  readonly rows: number;
  readonly rounds: number;
  readonly bytes: number;
}

/**
 * Writes a run's self-play data as JSON lines, a round at a time, so that a long run does not have to fit into memory.
 * @param onRound finished rounds of the export, of how many; throws to cancel
 * @throws SparringError `run/no-such-rounds`, `store/unknown-run`, `store/no-samples`, `store/corrupt-samples`, those of
 *   `makeFile`, of `taskOfRun` and of the run's model folder
 */
export async function exportSamples(
  store: Store,
  { run, data, first, last = Number.POSITIVE_INFINITY, file }: SampleExport,
  onRound: (done: number, total: number) => void,
): Promise<WrittenSamples> {
  const record = await store.readRun(run);
  const finished = (await store.readRounds(run)).map(({ round }) => round);
  // Round 0, or the one that a fork starts after, was not played here.
  const rounds = finished.slice(1).filter((round) => round >= first && round <= last);
  if (rounds.length === 0) throw noSuchRounds(run, finished);
  const source = await rowSource(store, record);
  const rowsOf = data === "completions" ? completionRows : preferenceRows;
  let rows = 0;
  const bytes = await makeFile(file, async (write) => {
    for (const [done, round] of rounds.entries()) {
      onRound(done, rounds.length);
      const ofRound = rowsOf(round, await store.readSamples(run, round), source);
      await write(ofRound.map((row) => JSON.stringify(row)));
      rows += ofRound.length;
    }
  });
  return { file, rows, rounds: rounds.length, bytes };
}

async function rowSource(store: Store, { id, config: given, lineage }: RunRecord): Promise<RowSource> {
  const config = resolveConfig(given);
  const { name } = config.algorithm;
  const task = await taskOfRun(store, id, config);
  const { dir } = await modelOf(config, lineage, store.home);
  const template = await readChatTemplate(dir);
  return {
    messages: (query) => task.solverPrompt(query),
    render: (messages) => template.render(messages),
    hasSelfReward: !isImitation(name) && algorithms[name].selfReward,
  };
}

function noSuchRounds(run: string, finished: readonly number[]): SparringError {
  const [from, to] = [(finished[0] ?? 0) + 1, finished.at(-1) ?? 0];
  const isFresh = finished.length < 2;
  return new SparringError(
    "run/no-such-rounds",
    isFresh
      ? `Run "${run}" has played no round yet.`
      : `Run "${run}" has played rounds ${from} to ${to}, and none of those.`,
    isFresh ? "Wait for its first round." : `Choose rounds from ${from} to ${to}.`,
  );
}
