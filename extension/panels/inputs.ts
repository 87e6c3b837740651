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
