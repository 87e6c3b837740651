import { type AlarmKind, type AlarmRecord, alarmKinds, type QueryRecord } from "../../store/records.ts";
import type { Game } from "../game.ts";
import { History, type MeasuredRound } from "./history.ts";
import { alarmRules, type Reading, type Source, watchedMetrics } from "./rules.ts";
import { samplesOf } from "./samples.ts";
import { type AlarmSettings, actionOf, type WatchedJudge, watchedJudge } from "./settings.ts";

/** Good rounds that end an alarm, in windows. */
const goodWindows = 3;

/** An alarm that begins, before its samples are looked for. */
export interface Ringing {
  readonly kind: AlarmKind;
  readonly reading: Reading;
}

/**
 * Follows a run round by round and says which alarms begin. What it says depends on the rounds alone: given a run's rounds again,
 * as when it is resumed, it is where it was.
 *
 * An alarm that is on does not begin again. It is over once the rounds of three windows were on the good side of its threshold
 * one after the other, so that a value that wavers about it rings once; rounds in which there is nothing to read count for
 * neither side.
 */
export class AlarmWatch {
  readonly #source: Source;
  readonly #kinds: readonly AlarmKind[];
  /** Alarms that are on, with how many rounds in a row were good since. */
  readonly #on = new Map<AlarmKind, number>();

  /** @param judge undefined where no judge scores but a verifier */
  constructor(settings: AlarmSettings, judge: WatchedJudge | undefined) {
    this.#source = { history: new History(watchedMetrics, settings.window), settings, judge };
    this.#kinds = alarmKinds.filter((kind) => actionOf(kind, settings) !== "off");
  }

  /** Takes the next round; the first is the state before training. @returns the alarms that begin with it */
  accept(record: MeasuredRound): Ringing[] {
    this.#source.history.push(record);
    return this.#kinds.flatMap((kind) => {
      const reading = alarmRules[kind].read(this.#source);
      return reading && this.#begins(kind, reading.isOver) ? [{ kind, reading }] : [];
    });
  }

  #begins(kind: AlarmKind, isOver: boolean): boolean {
    const good = this.#on.get(kind);
    if (isOver) this.#on.set(kind, 0);
    else if (good !== undefined) {
      if (good + 1 >= goodWindows * this.#source.settings.window) this.#on.delete(kind);
      else this.#on.set(kind, good + 1);
    }
    return isOver && good === undefined;
  }
}

/** Follows a game of rewards from where its rounds so far leave it; undefined for an imitation, in which nothing is watched. */
export function watchOf(game: Game, rounds: readonly MeasuredRound[]): AlarmWatch | undefined {
  if (game.kind !== "self-play") return undefined;
  const watch = new AlarmWatch(game.config.alarms, watchedJudge(game));
  for (const round of rounds) watch.accept(round);
  return watch;
}

/** An alarm as a round's record has it. @param queries the round's */
export function alarmRecord({ kind, reading }: Ringing, queries: readonly QueryRecord[]): AlarmRecord {
  const { severity } = alarmRules[kind];
  const { sentence, brief } = reading;
  return { kind, severity, sentence, brief, samples: samplesOf(kind, reading, queries) };
}
