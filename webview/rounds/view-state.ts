import type { HeatKind } from "./answers/heat.ts";

/** What a person has chosen to see: all that outlives the panel. */
export interface ViewState {
  readonly run: string;
  /** The selected round; null follows the newest one. */
  readonly round: number | null;
  /** The selected query by its index; null is the hardest. */
  readonly query: number | null;
  readonly answer: number;
  readonly isOpen: boolean;
  readonly heat: HeatKind;
  readonly view: "round" | "curriculum";
  readonly asTable: boolean;
  /** Rounds of the curriculum; null spreads them over the run. */
  readonly curriculum: readonly number[] | null;
}

/** A panel as it first opens on a run. */
export function initialView(run: string, round?: number, query?: number): ViewState {
  return {
    run,
    round: round ?? null,
    query: query ?? null,
    answer: 0,
    isOpen: true,
    heat: "logprob",
    view: "round",
    asTable: false,
    curriculum: null,
  };
}

/** What was kept from an earlier panel, if it is of this run; it was written by this code, perhaps by an older version. */
export function restoredView(kept: unknown, run: string): ViewState | undefined {
  if (typeof kept !== "object" || kept === null || !("run" in kept) || kept.run !== run) return undefined;
  const known = initialView(run);
  const entries = Object.entries(kept).filter(
    ([key, value]) =>
      key in known && (known[key as keyof ViewState] === null || typeof known[key as keyof ViewState] === typeof value),
  );
  return { ...known, ...Object.fromEntries(entries) };
}
