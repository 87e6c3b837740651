import { z } from "zod";
import type { PanelInputs, PanelName } from "../../webview/shared/messages.ts";

const run = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
const index = z.number().int().nonnegative().optional();
const weights = z.union([z.literal("current"), z.literal("reference"), z.object({ checkpoint: z.number().int() })]);

/** What each panel opens with, as a window that opens again has kept it. */
const schemas: { readonly [N in PanelName]: z.ZodType<PanelInputs[N]> } = {
  rounds: z.object({ run, round: index, query: index }),
  rate: z.object({ run, round: index, query: index, answer: index }),
  compare: z.object({ run, weights: weights.optional(), against: z.object({ run, weights }).optional() }),
  lineage: z.object({ run: run.optional() }),
};

/** A panel's input; undefined where it is none. */
export function inputOf<N extends PanelName>(panel: N, input: unknown): PanelInputs[N] | undefined {
  return schemas[panel].safeParse(input).data as PanelInputs[N] | undefined;
}

/** Panels of one key are one panel: the same run's rounds are not opened twice, but rounds of two runs stand side by side. */
export function keyOf<N extends PanelName>(panel: N, input: PanelInputs[N]): string {
  return panel === "lineage" ? panel : `${panel}:${input.run}`;
}

/** The tab's title until the panel says a better one. */
export function titleOf<N extends PanelName>(panel: N, input: PanelInputs[N]): string {
  const names: Readonly<Record<PanelName, string>> = {
    rounds: "Rounds",
    rate: "Rate",
    compare: "Compare",
    lineage: "Lineage",
  };
  return input.run === undefined || panel === "lineage" ? names[panel] : `${names[panel]}: ${input.run}`;
}
