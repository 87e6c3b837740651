import { SparringError } from "../../errors.ts";
import type { PhaseUnderWay } from "./watch-dog.ts";

/** An engine is started again so often … */
const most = 3;
/** … while the run makes its way over so many rounds. */
const window = 10;

/** Whether an engine's process died or was ended because it hung: then the run can go on with a new one. */
export function isEngineLost(error: unknown): error is SparringError {
  return error instanceof SparringError && (error.code === "engine/died" || error.code === "engine/hung");
}

/**
 * Counts how often a session's engine was started again. A fourth time within ten rounds is refused: what ends an engine that often
 * is no accident. What happened before those rounds is forgiven, so that a run of weeks is not ended by its fourth accident.
 */
export class Restarts {
  /** After which saved round each of them was. */
  readonly #after: number[] = [];

  /**
   * Counts one more.
   * @param phase that was under way
   * @param saved the round whose state the run goes on from, undefined before any: rounds that will be played again are no progress
   * @returns what to tell, as sentences; undefined where there were too many
   */
  next(error: SparringError, phase: PhaseUnderWay | undefined, saved: number | undefined): string | undefined {
    const at = saved ?? 0;
    const recent = this.#after.filter((round) => at - round < window).length;
    if (recent >= most) return undefined;
    this.#after.push(at);
    const where = phase ? `In ${phase.name} of round ${phase.round}: ` : "";
    const from = saved === undefined ? "at the beginning" : `after round ${saved}`;
    return `${where}${deathOf(error)} It is started again ${from} (${recent + 1} of at most ${most} times in ${window} rounds).`;
  }
}

/** The first sentence of an engine's death report. What its process wrote last follows there, and is in the run's log. */
function deathOf({ message }: SparringError): string {
  return message.split(" It last wrote:\n", 1)[0]!;
}
