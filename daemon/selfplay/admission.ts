/**
 * Which of a round's queries are part of the game. Every rejection has a reason that can be counted and read.
 */
import type { OnReject } from "./settings.ts";

/** What reading a Challenger's text gave: the canonical text of a task, or why it is none. */
export type ReadQuery = { readonly ok: true; readonly query: string } | { readonly ok: false; readonly reason: string };

/** A drawn query before admission. */
export interface Candidate {
  readonly read: ReadQuery;
  /** It is a task set aside for measuring. */
  readonly heldOut: boolean;
}

/** Stable: tools and metrics match on these. */
export const flawCodes = ["unparsable", "held-out", "duplicate"] as const;
export type FlawCode = (typeof flawCodes)[number];

export interface Flaw {
  readonly code: FlawCode;
  /** One sentence for people. */
  readonly sentence: string;
}

export interface Verdict {
  readonly admitted: boolean;
  /** What is wrong with the query; with `off` it may stand beside `admitted: true`. */
  readonly flaw: Flaw | null;
}

export interface Admission {
  readonly verdicts_N: readonly Verdict[];
  /** Queries that are part of the game. */
  readonly admitted: number;
  /** Queries with each flaw, admitted or not. */
  readonly flaws: Readonly<Record<FlawCode, number>>;
}

/**
 * Judges a round's queries in the order drawn. Of queries with the same canonical text the first one counts.
 *
 * With `off` everything is answered, flaws and all, except held-out tasks: training on those would spoil the
 * measurement, so they are rejected in every mode.
 */
export function admit(candidates_N: readonly Candidate[], onReject: OnReject): Admission {
  const firstAt = new Map<string, number>();
  const verdicts_N = candidates_N.map((candidate, index): Verdict => {
    const flaw = flawOf(candidate, firstAt);
    if (candidate.read.ok && !firstAt.has(candidate.read.query)) firstAt.set(candidate.read.query, index);
    return { admitted: flaw === null || (onReject === "off" && flaw.code !== "held-out"), flaw };
  });
  const flaws: Record<FlawCode, number> = { unparsable: 0, "held-out": 0, duplicate: 0 };
  for (const { flaw } of verdicts_N) {
    if (flaw) flaws[flaw.code]++;
  }
  return { verdicts_N, admitted: verdicts_N.filter(({ admitted }) => admitted).length, flaws };
}

function flawOf({ read, heldOut }: Candidate, firstAt: ReadonlyMap<string, number>): Flaw | null {
  if (!read.ok) return { code: "unparsable", sentence: `The text is not a task: ${read.reason}.` };
  if (heldOut) return { code: "held-out", sentence: "The task is set aside for measuring and never trained on." };
  const first = firstAt.get(read.query);
  if (first === undefined) return null;
  return { code: "duplicate", sentence: `The same task is in this round already, as query ${first}.` };
}
