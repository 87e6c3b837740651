/** The best score that an answer can get, one point a criterion. */
export const maxScore = 7;

/** What a person has entered about one answer, and not submitted yet. */
export interface Entry {
  /** Which of the seven criteria are met. */
  readonly met: readonly boolean[];
  /** By how much the overall score differs from the number of met criteria. */
  readonly offset: number;
  readonly note: string;
  /** Whether anything was said about the answer: Enter on an untouched sample must not rate it 0. */
  readonly touched: boolean;
  /** Time spent on it so far, seconds. */
  readonly seconds: number;
}

export const emptyEntry: Entry = {
  met: Array<boolean>(maxScore).fill(false),
  offset: 0,
  note: "",
  touched: false,
  seconds: 0,
};

/** How many criteria are met. */
export function sumOf(entry: Entry): number {
  return entry.met.filter(Boolean).length;
}

/** The overall score, 0 to 7: the sum of the criteria, unless the rater made it differ. */
export function scoreOf(entry: Entry): number {
  return Math.min(maxScore, Math.max(0, sumOf(entry) + entry.offset));
}

/** Turns a criterion over. @param index from 0 */
export function toggle(entry: Entry, index: number): Entry {
  return { ...entry, touched: true, met: entry.met.map((met, i) => (i === index ? !met : met)) };
}

/** All criteria met, or none; the overall score follows again. */
export function setAll(entry: Entry, met: boolean): Entry {
  return { ...entry, touched: true, offset: 0, met: entry.met.map(() => met) };
}

/** Makes the overall score this one, whatever the sum is. */
export function setScore(entry: Entry, score: number): Entry {
  const wanted = Math.min(maxScore, Math.max(0, score));
  return { ...entry, touched: true, offset: wanted - sumOf(entry) };
}

export function setNote(entry: Entry, note: string): Entry {
  return { ...entry, note };
}
