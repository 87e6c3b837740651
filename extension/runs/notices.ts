import type { EditorCommand, RunPlace } from "../../daemon/editor.ts";
import type { Progress, RunOverview } from "../../daemon/protocol.ts";
import { percent } from "../../daemon/text/numbers.ts";
import { label } from "../text/label.ts";
import type { Change } from "./runs.ts";

/** What a person is told of unasked. */
export interface Notice {
  /** The run that its buttons are about. */
  readonly run: string;
  /** The same for what happened in all windows, and for nothing else: only one of them tells it. */
  readonly key: string;
  readonly level: "information" | "warning" | "error";
  readonly text: string;
  /** Buttons, called with the run, and with the place in it where there is one. */
  readonly actions: readonly {
    readonly title: string;
    readonly command: EditorCommand;
    readonly place?: Omit<RunPlace, "run">;
  }[];
}

/**
 * What a change of a run's state is worth saying; undefined where it is what somebody in front of the window just asked for. Of a run
 * that paused itself more has to be asked: `pauseNotice` says it.
 */
export function noticeOfChange({ before, after }: Change): Notice | undefined {
  if (!before || before.state === after.state) return undefined;
  if (after.state === "finished") return finished(after);
  // One that could not learn from a round stops by itself, with a problem.
  if (after.state === "failed" || (after.state === "stopped" && after.problem)) return failed(after);
  if (after.state === "interrupted") return interrupted(after);
  return undefined;
}

/** Tells once of a phase that takes far longer than usual, until it goes on. */
export class StuckNotices {
  readonly #told = new Set<string>();

  of({ run, stuck, round, phase }: Pick<Progress, "run" | "stuck" | "round" | "phase">): Notice | undefined {
    if (stuck === undefined) this.#told.delete(run);
    if (stuck === undefined || this.#told.has(run)) return undefined;
    this.#told.add(run);
    const actions = [
      { title: "Show Log", command: "sparring.showLog" },
      { title: "Pause", command: "sparring.pause" },
    ] as const;
    return { run, key: `${run} stuck ${round} ${phase}`, level: "warning", text: label(`${run}: ${stuck}`), actions };
  }
}

function about({ id, state, since }: RunOverview): Pick<Notice, "run" | "key"> {
  return { run: id, key: `${id} ${state} ${since}` };
}

function finished(run: RunOverview): Notice {
  const { id, round, accuracy } = run;
  const learned = accuracy ? ` Held-out accuracy ${percent(accuracy.first)} → ${percent(accuracy.last)}.` : "";
  return {
    ...about(run),
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

function failed(run: RunOverview): Notice {
  const { id, state, problem } = run;
  const setUp = { title: "Set Up the Torch Engine", command: "sparring.setUpTorch" } as const;
  return {
    ...about(run),
    level: "error",
    text: label(`${id} has ${state}. ${problem ? `${problem.message} ${problem.next}` : "Its log says why."}`),
    actions: [
      ...(problem && needsTorch(problem.code) ? [setUp] : []),
      { title: "Show Log", command: "sparring.showLog" },
      { title: "Resume", command: "sparring.resume" },
    ],
  };
}

/** One that had paused itself says so: why it did is still to be looked at. */
function interrupted(run: RunOverview): Notice {
  const { id, round, problem } = run;
  const kept = round === null ? "It had finished no round." : `Its rounds up to ${round} are safe.`;
  const before = problem ? ` ${problem.message}` : "";
  return {
    ...about(run),
    level: "warning",
    text: label(`${id} was interrupted, because its daemon ended. ${kept}${before}`),
    actions: [
      { title: "Resume", command: "sparring.resume" },
      { title: "Show Log", command: "sparring.showLog" },
    ],
  };
}
