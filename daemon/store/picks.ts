import { SparringError } from "../errors.ts";
import { layout } from "./layout.ts";
import { type MarkKind, markLineSchema } from "./mark-lines.ts";
import { type PickRecord, pickRecordSchema } from "./records.ts";

/** Choices between two answers, in picks.jsonl. They belong to weights and texts and to no round, so none is ever set aside. */
export const picks: MarkKind<PickRecord> = {
  file: (dir) => layout.picks(dir),
  name: "pick",
  lines: {
    schema: markLineSchema("pick", pickRecordSchema),
    what: "a choice between two answers",
    code: "store/corrupt-picks",
    next: "Correct that line, or move it to another file; choices can be added again after that.",
  },
  idsAside: async () => new Set(),
  conflict,
  undone,
  unknown,
};

function conflict(id: string, place: string): SparringError {
  return new SparringError(
    "store/pick-conflict",
    `There is another choice with the id "${id}".`,
    "Give each choice an id of its own; to change one, take it back and add a new one.",
    { place },
  );
}

function undone(id: string, place: string): SparringError {
  return new SparringError("store/pick-undone", `The choice "${id}" was taken back.`, "Choose again under a new id.", {
    place,
  });
}

function unknown(id: string, place: string): SparringError {
  return new SparringError(
    "store/unknown-pick",
    `No choice with the id "${id}" stands.`,
    "Take back one of those that the run's picks.jsonl has.",
    { place },
  );
}
