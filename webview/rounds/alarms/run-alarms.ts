import type { Alarm } from "../../../daemon/protocol.ts";

/** A run's alarms in the order in which they began, and the rounds with which some began. */
export interface RunAlarms {
  readonly all: readonly Alarm[];
  readonly byRound: ReadonlyMap<number, readonly Alarm[]>;
  /** Rising, each once. */
  readonly rounds: readonly number[];
}

/** Of a round without alarms: the same list each time, so that nothing is drawn anew. */
export const noAlarms: readonly Alarm[] = [];

/** @param all in the order of their rounds, as the daemon tells them */
export function runAlarms(all: readonly Alarm[]): RunAlarms {
  const byRound = groupedBy(all, ({ round }) => round);
  return { all, byRound, rounds: [...byRound.keys()] };
}

/** The nearest round before (`step` −1) or after (1) another one with which an alarm began; undefined if there is none. */
export function alarmRoundFrom({ rounds }: RunAlarms, from: number, step: -1 | 1): number | undefined {
  return step < 0 ? rounds.findLast((round) => round < from) : rounds.find((round) => round > from);
}

/** The alarm that a person should see first: a warning before information, one with samples before one without. */
export function foremost(alarms: readonly Alarm[]): Alarm | undefined {
  const rank = ({ severity, samples }: Alarm): number =>
    (severity === "warning" ? 0 : 2) + (samples.length > 0 ? 0 : 1);
  return alarms.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** An alarm that names a query, or one of its answers. */
export interface Naming {
  readonly alarm: Alarm;
  readonly answer: number | undefined;
}

/** Of a query that no alarm names. */
export const unnamed: readonly Naming[] = [];

/** Which alarms of a round name which of its queries, by the query's index. */
export function namings(alarms: readonly Alarm[]): ReadonlyMap<number, readonly Naming[]> {
  const all = alarms.flatMap((alarm) =>
    alarm.samples.map(({ query, answer }) => ({ query, naming: { alarm, answer } })),
  );
  const grouped = groupedBy(all, ({ query }) => query);
  return new Map([...grouped].map(([query, found]) => [query, found.map(({ naming }) => naming)]));
}

/** What has the same key together, in order. */
export function groupedBy<T, K>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
