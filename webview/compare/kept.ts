import type { Pick } from "../../daemon/protocol.ts";
import type { Errand } from "../rate/outbox.ts";
import type { PanelInputs } from "../shared/messages.ts";
import type { Judging } from "./judging.ts";
import type { Setup } from "./setup.ts";

/**
 * What the panel leaves with the editor. The answers are among it: a look at their difference hides the panel, and playing them
 * again would take the device and, where weights have moved on, give others.
 */
export interface Kept {
  readonly format: 1;
  readonly input: PanelInputs["compare"];
  readonly setup: Setup;
  readonly judging: Judging | undefined;
  readonly errands: readonly Errand<Pick>[];
}

/** What an earlier panel left; setup and answers only if they belong to this input, unsent picks always. */
export function keptFor(state: unknown, input: PanelInputs["compare"]): Partial<Kept> {
  if (!isKept(state)) return {};
  return JSON.stringify(state.input) === JSON.stringify(input) ? state : { errands: state.errands };
}

/** The editor gives back what a panel of some version left there. */
function isKept(state: unknown): state is Kept {
  return typeof state === "object" && state !== null && "errands" in state && "format" in state && state.format === 1;
}
