import { AbortedError } from "../errors.ts";
import type { RoundRecord } from "../store/records.ts";
import type { Recovered } from "../store/recover.ts";
import type { RunWriter } from "../store/run-writer.ts";
import { alarmRecord, watchOf } from "./alarms/watch.ts";
import type { RunEvent } from "./events.ts";
import { withRound } from "./not-finite.ts";
import type { Play } from "./play.ts";
import type { FinishedRound, RoundOptions } from "./round.ts";
import type { Session } from "./session.ts";

/** How a call to train ended. */
export interface RunSummary {
  readonly id: string;
  readonly dir: string;
  readonly status: "finished" | "stopped";
  /** The last finished round. */
  readonly rounds: number;
  /** Wall time of this call's training. */
  readonly seconds: number;
  readonly seed: number;
  /** Held-out accuracy at the first and the last evaluation of the run, 0–1; null where there is none. */
  readonly before: number | null;
  readonly after: number | null;
}

export interface TrainOptions {
  readonly onEvent: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds of a clock that never goes back; one that stands still while the run is paused keeps its times true. */
  readonly now?: () => number;
  /** Goes into the record of the first round that is played. */
  readonly notes?: readonly string[];
}

/**
 * Plays rounds until the last one, or until cancelled, making each durable. The next round is sampled while
 * the last one is being flushed to disk; weights wait for that.
 * @param recovered what a start-up found; undefined for a run that was just created
 */
export async function train(
  writer: RunWriter,
  { engine, game, notices }: Session,
  play: Play,
  recovered: Recovered | undefined,
  { onEvent, signal, now = () => performance.now(), notes = [] }: TrainOptions,
): Promise<RunSummary> {
  const { record: run, dir } = writer;
  const { config } = game;
  const began = now();
  const rounds: RoundRecord[] = [...(recovered?.rounds ?? [])];
  const alarms = watchOf(game, rounds);
  const firstRound = recovered?.from ? recovered.from.round + 1 : 0;
  const warnings = [
    ...(recovered?.notes ?? []),
    ...play.warnings,
    ...fingerprintChanges(run.fingerprint, engine.capabilities.fingerprint),
  ];
  const { device } = engine.capabilities;
  onEvent({ type: "started", run, dir, firstRound, rounds: play.lastRound(), device, warnings, history: [...rounds] });

  if (recovered?.from) await play.restore(recovered.from.dir, recovered.from.round);
  const untold = [...notes];
  let saving: Promise<unknown> = Promise.resolve();
  let status: RunSummary["status"] = "finished";
  try {
    for (let round = firstRound; round <= play.lastRound(); round++) {
      const onProgress = (phase: Parameters<typeof progress>[0], done: number, total: number): void =>
        onEvent(progress(phase, done, total, round));
      const options = { onProgress, now, weightsAreFree: saving, ...(signal && { signal }) };
      const finished = round === 0 ? await beginning() : await playNext(round, options);
      saving = makeDurable(withAlarms(withNotes(finished)));
      // Its failure is met where it is awaited: before the next step, or at the end.
      saving.catch(() => {});
    }
  } catch (error) {
    await engine.discard().catch(() => {});
    if (!(error instanceof AbortedError)) throw error;
    status = "stopped";
  } finally {
    await saving;
  }
  const seconds = (now() - began) / 1000;
  const last = rounds.at(-1)?.round ?? 0;
  if (status === "finished") onEvent({ type: "finished", run, dir, rounds: last, seconds });
  const accuracies = rounds.map(({ metrics }) => metrics["eval/accuracy"] ?? null).filter((value) => value !== null);
  const [before = null, after = null] = [accuracies[0], accuracies.at(-1)];
  return { id: run.id, dir, status, rounds: last, seconds, seed: run.lineage.seed, before, after };

  /** Round 0: nothing is played, the starting point is measured. */
  async function beginning(): Promise<FinishedRound> {
    const started = now();
    onEvent(progress("evaluate", 0, 1, 0));
    const metrics = await play.measure(signal ? { signal } : {});
    const seconds = (now() - started) / 1000;
    const phases = { evaluate: seconds };
    const record = { round: 0, finishedAt: new Date().toISOString(), seconds, phases, metrics, notes: [] };
    return { record, queries: [] };
  }

  async function playNext(round: number, options: RoundOptions): Promise<FinishedRound> {
    try {
      return await play.play(round, options);
    } catch (error) {
      throw withRound(error, run.id, round);
    }
  }

  /** A round with what its playing made noteworthy beside the game. */
  function withNotes({ record, queries }: FinishedRound): FinishedRound {
    const changed = notices.splice(0).map(({ message, next }) => `${message} ${next}`);
    return { record: { ...record, notes: [...untold.splice(0), ...changed, ...record.notes] }, queries };
  }

  /** A round with the alarms that begin with it. */
  function withAlarms({ record, queries }: FinishedRound): FinishedRound {
    const begun = alarms?.accept(record).map((alarm) => alarmRecord(alarm, queries)) ?? [];
    return begun.length === 0 ? { record, queries } : { record: { ...record, alarms: begun }, queries };
  }

  /** Checkpoint if one is due, then samples, recovery snapshot and the round's line: in that order on disk. */
  async function makeDurable({ record, queries }: FinishedRound): Promise<void> {
    const { round } = record;
    const { checkpoints, recovery } = config;
    const lastRound = play.lastRound();
    const isLast = round === lastRound;
    const save = play.saver();
    if (round > 0 && (round % checkpoints.every === 0 || isLast)) {
      await writer.writeCheckpoint(round, save);
    }
    const isSaved = isLast || round % recovery.every === 0;
    const committed = await writer.commitRound({ record, queries, ...(isSaved && { saveState: save }) });
    await writer.retainCheckpoints({ last: checkpoints.keep, always: [] });
    rounds.push(committed);
    onEvent({ type: "round", record: committed, rounds: lastRound, queries });
  }

  function progress(
    phase: Extract<RunEvent, { type: "progress" }>["phase"],
    done: number,
    total: number,
    round: number,
  ): RunEvent {
    return { type: "progress", round, rounds: play.lastRound(), phase, done, total };
  }
}

/** Why results may not be bit-identical to those of the session before. */
function fingerprintChanges(before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] {
  const changes = Object.keys(now).flatMap((key) =>
    before[key] === now[key] ? [] : [`${key} was ${before[key] ?? "not recorded"} and is ${now[key]}`],
  );
  return changes.length > 0 ? [`Not bit-identical to the session before, because ${changes.join("; ")}.`] : [];
}
