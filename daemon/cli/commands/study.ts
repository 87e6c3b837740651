import { resolve } from "node:path";
import type { DaemonClient } from "../../client/client.ts";
import type { RunOverview } from "../../protocol.ts";
import { studies } from "../../studies/registry.ts";
import { type ArmResult, armResults, runResult } from "../../studies/results.ts";
import { plannedRuns, type Study } from "../../studies/study.ts";
import { namesAndSettings, usageError } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { print, printJson, screenOf, styleOf } from "../screen.ts";
import { chooseStudy } from "../study/choose.ts";
import { followStudy } from "../study/follow.ts";
import { findRuns, queueRuns, type StudyRun, standOf } from "../study/plan.ts";
import { studyScreen } from "../study/progress.ts";
import { readStudy } from "../study/read.ts";
import { openFolder, writeReport } from "../study/report.ts";
import { studyTables } from "../study/tables.ts";
import { StudyView } from "../study/view.ts";
import { padEnd, wrap } from "../text/fit.ts";
import { tilde } from "../watch/header.ts";

/** How a study is attended. */
interface Attendance {
  /** Folder for files. */
  readonly out: string | undefined;
  readonly report: boolean;
  readonly detach: boolean;
  readonly json: boolean;
  /** The command line that comes back to it, after the program's name. */
  readonly again: string;
}

/** `sparring study <name>`: an experiment of many runs, from its plan to its tables and figures. */
export const study: Command = {
  name: "study",
  group: "Train",
  usage: "[<name>] [key=value …]",
  summary: "Run a planned experiment, and print its tables.",
  details:
    "Without a name: which studies there are. Finished runs are reused, others are queued or go on, and the tables are of what is there in the end. Ctrl+C leaves it to itself; the same command comes back to it. Settings (key=value) win over those of the plan, and make another study of it with runs of its own.",
  options: {
    out: { value: "folder", meaning: "Also write tables, figures and data, into a folder of the study's name in it." },
    only: { value: "arm,…", meaning: "Only these arms." },
    report: { meaning: "Train nothing: report what is there." },
    detach: { meaning: "Queue the runs and return at once; the daemon plays them by itself." },
    json: { meaning: "Text goes to stderr; the last line of stdout is a JSON summary." },
  },
  completes: studies.map(({ name }) => name),
  async run(cli, args) {
    const { names, settings } = namesAndSettings(study, args.positionals, [], "several");
    const [name, surplus] = names;
    if (surplus !== undefined) {
      throw usageError(`\`study\` does not know what to do with ${JSON.stringify(surplus)}`, study);
    }
    const [report, detach, json] = [args.flag("report"), args.flag("detach"), args.flag("json")];
    if (report && detach) throw usageError("--report and --detach exclude each other", study);
    if (name === undefined) return listStudies(cli, json);
    const only = args.text("only");
    const chosen = chooseStudy(study, { name, only, settings });
    const again = ["study", name, ...settings, ...(only === undefined ? [] : [`--only ${only}`])].join(" ");
    return withDaemon(cli, (client) =>
      runStudy(cli, client, chosen, { out: args.text("out"), report, detach, json, again }),
    );
  },
};

function listStudies(cli: Cli, json: boolean): number {
  if (json) printJson(cli, studies.map(planOf));
  else {
    const width = Math.max(...studies.map(({ name }) => name.length)) + 2;
    const line = (each: Study): string => `${padEnd(each.name, width)}${plannedRuns(each).length} runs  ${each.about}`;
    print(cli, studies.map(line));
  }
  return exitCodes.ok;
}

/** What a study plans; how it looks at its runs is code. */
function planOf({ instrument: _, ...plan }: Study): object {
  return plan;
}

async function runStudy(cli: Cli, client: DaemonClient, chosen: Study, attendance: Attendance): Promise<number> {
  const { out, report, detach, json, again } = attendance;
  const screen = screenOf(cli, json);
  const style = styleOf(cli, screen);
  const say = (...lines: readonly string[]): void => {
    for (const line of lines) screen.write(`${line}\n`);
  };
  // Found out now, a wrong folder costs nobody the hours of the runs.
  const folder = out === undefined ? undefined : await openFolder(resolve(cli.workspace, out), chosen);
  const found = await findRuns(client, chosen);
  say(...wrap(`${chosen.name}: ${standOf(found)}`, style.columns));
  let runs: readonly StudyRun[] = found;
  let ends: readonly RunOverview[] = [];
  if (!report) {
    const queued = await queueRuns(client, found);
    const view = new StudyView(queued.map(({ overview }) => overview));
    const hasEnded = !detach && (await follow(cli, client, view, json));
    if (!hasEnded) {
      // The command has a line of its own, so that it can be copied.
      say("It goes on without you. To come back:", `  ${cli.invocation} ${again}`);
      if (json) printJson(cli, { study: chosen.name, runs: view.runs });
      return detach ? exitCodes.ok : exitCodes.interrupted;
    }
    [runs, ends] = [queued, view.runs];
  }
  const { data, provenance } = await readStudy(client, chosen.instrument, runs);
  const results = armResults(chosen, data);
  say(...studyTables(chosen, results, style));
  if (folder !== undefined) {
    await writeReport(folder, chosen, { data, results, provenance, command: `sparring ${again} --out ${out}` });
    say("", `Written to ${tilde(folder)}.`);
  }
  if (json)
    printJson(cli, {
      study: chosen.name,
      arms: results.map(summaryOf),
      runs: data.map((run) => runResult(chosen, run)),
    });
  return exitCodeOf(ends);
}

/** An arm's result with its runs by their ids; what came out of them stands beside it. */
function summaryOf({ arm, counted, ...numbers }: ArmResult): object {
  return { arm: arm.name, counted: counted.map(({ id }) => id), ...numbers };
}

function exitCodeOf(ends: readonly RunOverview[]): number {
  if (ends.some(({ problem }) => problem)) return exitCodes.failed;
  return ends.every(({ state }) => state === "finished") ? exitCodes.ok : exitCodes.interrupted;
}

/** @returns whether all runs have ended; false if it was left */
async function follow(cli: Cli, client: DaemonClient, view: StudyView, json: boolean): Promise<boolean> {
  const screen = studyScreen(cli, json);
  const leaving = new AbortController();
  const release = cli.onInterrupt(() => {
    if (leaving.signal.aborted) return cli.kill();
    leaving.abort();
  });
  try {
    return await followStudy(client, view, screen, leaving.signal, cli.invocation);
  } finally {
    screen.close();
    release();
  }
}
