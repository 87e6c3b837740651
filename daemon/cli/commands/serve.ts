import { SparringError } from "../../errors.ts";
import { namesAndSettings, usageError } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { connectToRunning } from "../connection.ts";
import { print } from "../screen.ts";

/** A daemon that was told to end flushes its runs first. */
const patienceSeconds = 60;
const pollMs = 50;

/** `sparring serve`: the daemon itself, and its end. */
export const serve: Command = {
  name: "serve",
  group: "Set up",
  usage: "",
  summary: "Be the daemon, in this terminal; or stop the one that runs.",
  details:
    "Other commands start a daemon when they need one, so this is seldom needed. It trains the runs, and outlives the programs that talk to it.",
  options: {
    background: { meaning: "As other commands start it: logs to a file, ends when nobody has needed it for a while." },
    stop: { meaning: "Stop the daemon. Refused while a run is active." },
    force: { meaning: "With --stop: also then. Active runs can be resumed." },
  },
  async run(cli, args) {
    namesAndSettings(serve, args.positionals, [], "no settings");
    const [stop, force, background] = [args.flag("stop"), args.flag("force"), args.flag("background")];
    if (force && !stop) throw usageError("--force belongs to --stop", serve);
    if (stop && background) throw usageError("--stop and --background exclude each other", serve);
    return stop ? shutDown(cli, force) : cli.serve({ background });
  },
};

async function shutDown(cli: Cli, force: boolean): Promise<number> {
  const client = await connectToRunning(cli);
  if (!client) {
    print(cli, ["No daemon is running."]);
    return exitCodes.ok;
  }
  const { pid } = client.hello;
  try {
    await client.request("sparring/daemon/shutdown", { force });
    await client.closed;
  } finally {
    client.close();
  }
  const until = cli.now() + patienceSeconds * 1000;
  while (cli.processExists(pid)) {
    if (cli.now() > until) throw stillThere(pid);
    await cli.wait(pollMs);
  }
  print(cli, [`The daemon (process ${pid}) has ended.`]);
  return exitCodes.ok;
}

function stillThere(pid: number): SparringError {
  return new SparringError(
    "cli/daemon-stays",
    `The daemon has closed its connections, but process ${pid} has not ended in ${patienceSeconds} seconds.`,
    `Look into its log, and end it with \`kill ${pid}\` if it hangs.`,
  );
}
