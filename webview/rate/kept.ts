import type { PanelInputs } from "../shared/messages.ts";
import type { Batch, NewRating } from "./batch.ts";
import type { Errand } from "./outbox.ts";

/**
 * What the panel leaves with the editor, so that hiding or reloading it loses nothing that a person entered. The samples of the
 * batch are among it: a rater comes back to the sample that was on the screen.
 */
export interface Kept {
  readonly format: 1;
  readonly input: PanelInputs["rate"];
  readonly rater: string;
  readonly batch: Batch | undefined;
  readonly errands: readonly Errand<NewRating>[];
}

/** What an earlier panel left; the batch only if it belongs to this input and rater, unsent ratings always. */
export function keptFor(state: unknown, input: PanelInputs["rate"], rater: string): Pick<Kept, "batch" | "errands"> {
  if (!isKept(state)) return { batch: undefined, errands: [] };
  const isMine = state.rater === rater && JSON.stringify(state.input) === JSON.stringify(input);
  return { batch: isMine ? state.batch : undefined, errands: state.errands };
}

/** The editor gives back what a panel of some version left there. */
function isKept(state: unknown): state is Kept {
  return typeof state === "object" && state !== null && "errands" in state && "format" in state && state.format === 1;
}
