import type { DaemonClient } from "../client/client.ts";
import { SparringError } from "../errors.ts";
import type { RunOverview, RunState } from "../protocol.ts";
import { namesAndSettings, usageError } from "./arguments.ts";
import { type Cli, exitCodes } from "./cli.ts";
import type { Command } from "./command.ts";
import { jsonOption } from "./command.ts";
import { withDaemon } from "./connection.ts";
import { allRuns, findRun } from "./names.ts";
import { print, printJson, styleOf } from "./screen.ts";
import { inkOf } from "./states.ts";

/** The runs that are named, or all in one of these states. Each comes once. */
export async function chooseRuns(
  client: DaemonClient,
  names: readonly string[],
  states: readonly RunState[] | false,
): Promise<RunOverview[]> {
  const runs = await allRuns(client);
  if (states) return runs.filter(({ state }) => states.includes(state));
  return [...new Set(names.map((name) => findRun(name, runs)))];
}

/** Waits until what was asked of runs is done. */
export async function settle(client: DaemonClient, asked: readonly RunOverview[]): Promise<RunOverview[]> {
  const newest = new Map(asked.map((run) => [run.id, run]));
  const isDone = (): boolean => [...newest.values()].every((run) => run.asked === undefined);
  let done = (): void => {};
  const settled = new Promise<void>((resolve) => (done = resolve));
  const unsubscribe = client.on("sparring/run/changed", (run) => {
    if (newest.has(run.id)) newest.set(run.id, run);
    if (isDone()) done();
  });
  try {
    // What changed between the answer and the subscription is not heard of, so it is asked for.
    const known = await allRuns(client);
    for (const run of known) if (newest.has(run.id)) newest.set(run.id, run);
    if (!isDone()) await Promise.race([settled, client.closed.then(disconnected)]);
    return [...newest.values()];
  } finally {
    unsubscribe();
  }
}

function disconnected(reason: string): never {
  throw new SparringError(
    "cli/daemon-gone",
    `The connection to the daemon ended before the run's state was known: ${reason}`,
    "Run `sparring list`, which shows the state of every run.",
  );
}

/** "queued, running or paused". */
function oneOf(states: readonly RunState[]): string {
  return `${states.slice(0, -1).join(", ")} or ${states.at(-1)}`;
}

/**
 * Prints the states that runs have come to.
 * @param states those that were looked for
 */
export function reportStates(
  cli: Cli,
  runs: readonly RunOverview[],
  states: readonly RunState[],
  json: boolean,
): number {
  if (json) printJson(cli, runs);
  else if (runs.length === 0) print(cli, [`No run is ${oneOf(states)}: nothing was done.`]);
  else {
    const { colours } = styleOf(cli, cli.stdout);
    for (const run of runs) {
      const rounds = run.round === null ? "" : `, round ${run.round} of ${run.rounds}`;
      const behind = run.waitsFor === undefined ? "" : ` behind ${run.waitsFor}`;
      print(cli, [`${run.id} is ${inkOf(run.state, colours)(run.state)}${behind}${rounds}.`]);
    }
  }
  return exitCodes.ok;
}

/**
 * A command that asks runs for one thing and prints the states that they come to.
 * @param states the runs that `--all` means
 */
export function controlCommand(
  command: Pick<Command, "name" | "summary"> & Partial<Pick<Command, "details">>,
  method: "sparring/run/pause" | "sparring/run/stop",
  states: readonly RunState[],
): Command {
  const control: Command = {
    ...command,
    group: "Control",
    usage: "<run> …",
    options: { all: { meaning: `Every run that is ${oneOf(states)}.` }, json: jsonOption },
    completes: "runs",
    async run(cli, args) {
      const all = args.flag("all");
      const { names } = namesAndSettings(control, args.positionals, all ? [] : ["the id of a run"], "several");
      if (all && names.length > 0) throw usageError("--all and the id of a run exclude each other", control);
      return withDaemon(cli, async (client) => {
        const asked = [];
        for (const { id } of await chooseRuns(client, names, all && states)) {
          asked.push(await client.request(method, { run: id }));
        }
        return reportStates(cli, await settle(client, asked), states, args.flag("json"));
      });
    },
  };
  return control;
}
