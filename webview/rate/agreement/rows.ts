import type { Measure } from "../../../daemon/protocol.ts";
import { fixed, signed } from "../../shared/numbers.ts";
import { type Axis, biasAxis, correlationAxis } from "./axis.ts";
import type { Write } from "./measure-text.ts";
import type { Agreement } from "./result.ts";

type Scores = Agreement["overall"];

/** A row of the forest plot: some answers, and how far judge and people agree on them. */
export interface Row extends Pick<Scores, "ratings" | "queries" | "spearman" | "kappa" | "bias"> {
  readonly name: string;
  /** Whether a new group of rows begins here. */
  readonly begins: boolean;
}

/** All answers; then each kind of query; then each quarter of the rounds, where there are several. */
export function forestRows({ overall, byKind, byRounds }: Agreement): Row[] {
  const rounds = byRounds.length > 1 ? byRounds : [];
  return [
    { ...overall, name: "all answers", begins: false },
    ...byKind.map((each, i): Row => ({ ...each, name: each.kind, begins: i === 0 })),
    ...rounds.map((each, i): Row => ({ ...each, name: roundsText(each), begins: i === 0 })),
  ];
}

function roundsText({ first, last }: { readonly first: number; readonly last: number }): string {
  return first === last ? `round ${first}` : `rounds ${first}–${last}`;
}

/** A column of the forest plot. */
export interface Column {
  readonly id: "spearman" | "kappa" | "bias";
  readonly title: string;
  /** In few words, what it tells. */
  readonly means: string;
  readonly write: Write;
  readonly axisOf: (measures: readonly Measure[]) => Axis;
}

export const columns: readonly Column[] = [
  {
    id: "spearman",
    title: "Spearman ρ",
    means: "same order",
    write: (value) => fixed(value),
    axisOf: correlationAxis,
  },
  {
    id: "kappa",
    title: "Weighted κ",
    means: "same score",
    write: (value) => fixed(value),
    axisOf: correlationAxis,
  },
  {
    id: "bias",
    title: "Bias",
    means: "judge − human, points",
    write: (value) => signed(value, 1),
    axisOf: biasAxis,
  },
];
