import type { EditorCommand } from "../../daemon/editor.ts";
import type { Progress, RunOverview } from "../../daemon/protocol.ts";
import { percent } from "../../daemon/text/numbers.ts";
import { label } from "../text/label.ts";
import type { Change } from "./runs.ts";

/** What a person is told of unasked. */
export interface Notice {
  readonly level: "information" | "warning" | "error";
  readonly text: string;
  /** The round that it is about, where it is about one. */
  readonly round?: number;
  /** Buttons, called with the run, and with the round where there is one. */
  readonly actions: readonly { readonly title: string; readonly command: EditorCommand }[];
}

/** What a change of a run's state is worth saying; undefined where it is what somebody in front of the window just asked for. */
export function noticeOfChange({ before, after }: Change): Notice | undefined {
  if (!before || before.state === after.state) return undefined;
  if (after.state === "finished") return finished(after);
  // One that could not learn from a round stops by itself, with a problem.
  if (after.state === "failed" || (after.state === "stopped" && after.problem)) return failed(after);
  if (after.state === "interrupted") return interrupted(after);
  if (after.state === "paused" && after.problem) return pausedItself(after);
  return undefined;
}

/** Tells once of a phase that takes far longer than usual, until it goes on. */
export class StuckNotices {
  readonly #told = new Set<string>();

  of({ run, stuck }: Pick<Progress, "run" | "stuck">): Notice | undefined {
    if (stuck === undefined) this.#told.delete(run);
    if (stuck === undefined || this.#told.has(run)) return undefined;
    this.#told.add(run);
    const actions = [
      { title: "Show Log", command: "sparring.showLog" },
      { title: "Pause", command: "sparring.pause" },
    ] as const;
    return { level: "warning", text: label(`${run}: ${stuck}`), actions };
  }
}

function finished({ id, round, accuracy }: RunOverview): Notice {
  const learned = accuracy ? ` Held-out accuracy ${percent(accuracy.first)} → ${percent(accuracy.last)}.` : "";
  return {
    level: "information",
    text: label(`${id} has finished after round ${round ?? 0}.${learned}`),
    actions: [
      { title: "Open Rounds", command: "sparring.openRounds" },
      { title: "Fork…", command: "sparring.fork" },
      { title: "Export…", command: "sparring.exportWeights" },
    ],
  };
}

/** Whether an error is one that a set-up of the torch engine ends. */
export function needsTorch(code: string): boolean {
  return code === "engine/not-set-up" || code === "engine/no-torch";
}

function failed({ id, state, problem }: RunOverview): Notice {
  const setUp = { title: "Set Up the Torch Engine", command: "sparring.setUpTorch" } as const;
  return {
    level: "error",
    text: label(`${id} has ${state}. ${problem ? `${problem.message} ${problem.next}` : "Its log says why."}`),
    actions: [
      ...(problem && needsTorch(problem.code) ? [setUp] : []),
      { title: "Show Log", command: "sparring.showLog" },
      { title: "Resume", command: "sparring.resume" },
    ],
  };
}

/** An alarm that asks for it pauses the run. */
function pausedItself({ id, round, problem }: RunOverview): Notice {
  return {
    level: "warning",
    text: label(`${id}: ${problem!.message}`),
    ...(round !== null && { round }),
    actions: [
      { title: "Show Samples", command: "sparring.openRoundDocument" },
      { title: "Open Rounds", command: "sparring.openRounds" },
      { title: "Resume", command: "sparring.resume" },
    ],
  };
}

function interrupted({ id, round }: RunOverview): Notice {
  const kept = round === null ? "It had finished no round." : `Its rounds up to ${round} are safe.`;
  return {
    level: "warning",
    text: label(`${id} was interrupted, because its daemon ended. ${kept}`),
    actions: [
      { title: "Resume", command: "sparring.resume" },
      { title: "Show Log", command: "sparring.showLog" },
    ],
  };
}
