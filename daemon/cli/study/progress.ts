import { createLogUpdate } from "log-update";
import { duration, percent } from "../../text/numbers.ts";
import type { Cli } from "../cli.ts";
import { screenOf, styleOf } from "../screen.ts";
import { bar } from "../text/bars.ts";
import { truncate, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { isLive } from "../watch/watcher.ts";
import type { StudyScreen } from "./follow.ts";
import type { StudyView } from "./view.ts";

const barColumns = 16;

/** How far a study is, in one line. */
export function studyLine(view: StudyView, { columns, colours }: Pick<Style, "columns" | "colours">): string {
  const { filled, rest } = bar(view.share, barColumns);
  const { current, runs, finished, remainingSeconds } = view;
  const left = remainingSeconds === undefined ? "" : `, about ${duration(remainingSeconds)} left`;
  const now = current
    ? `  ${printable(current.name)}, seed ${current.seed}: round ${view.round} of ${current.rounds}`
    : "";
  const text = truncate(`  ${finished}/${runs.length} runs${left}${now}`, columns - barColumns - 1);
  return `${filled}${colours.dim(rest.replaceAll(" ", "·"))}${text}`;
}

/** What a run that has ended has come to, in one line. */
function endLine({ finished, runs, remainingSeconds }: StudyView, run: StudyView["runs"][number]): string {
  const { id, state, accuracy, problem, round } = run;
  const left = remainingSeconds ? `, about ${duration(remainingSeconds)} left` : "";
  const outcome =
    state === "finished"
      ? accuracy
        ? `${percent(accuracy.first)} → ${percent(accuracy.last)}`
        : state
      : `${state} after round ${round ?? 0}${problem ? `: ${problem.message}` : ""}`;
  return `${finished}/${runs.length} runs  ${id}  ${printable(outcome)}${left}`;
}

/** A screen for a study's progress: on a terminal one line in place, elsewhere a line for each run that ends. */
export function studyScreen(cli: Cli, json: boolean): StudyScreen & { close(): void } {
  const screen = screenOf(cli, json);
  const style = styleOf(cli, screen);
  const update = isLive(screen, cli.env) ? createLogUpdate(screen) : undefined;
  const say = (line: string): void => {
    update?.clear();
    for (const each of wrap(line, style.columns)) screen.write(`${each}\n`);
  };
  return {
    say,
    draw: (view) => update?.(studyLine(view, style)),
    ended(run, view) {
      // On a terminal the line in place says it; what went wrong stays readable.
      if (!update || run.state !== "finished") say(endLine(view, run));
    },
    close() {
      update?.clear();
      update?.done();
    },
  };
}
