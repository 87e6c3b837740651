import type { VNode } from "preact";
import { ModelText } from "../shared/model-text.tsx";
import { counted } from "../shared/numbers.ts";
import type { Waiting } from "./outbox.ts";

interface UnsavedNoteProps {
  readonly waiting: Waiting<unknown>;
  readonly retry: () => void;
  readonly giveUp: () => void;
}

/** Says that what a person entered did not get through, and what can be done; nothing while all is well. */
export function UnsavedNote({ waiting: { errands, problem }, retry, giveUp }: UnsavedNoteProps): VNode | null {
  if (problem === undefined) return null;
  return (
    <div class="unsaved-note" role="alert">
      <span>
        <b>{counted(errands.length, "change")} not saved yet, and kept here.</b> <ModelText text={problem.message} />{" "}
        <ModelText text={problem.next} /> <span class="s dim">{problem.code}</span>
      </span>
      <span class="actions">
        <button type="button" class="primary" onClick={retry}>
          Save again
        </button>
        <button type="button" onClick={giveUp}>
          Give up the first
        </button>
      </span>
    </div>
  );
}
