import { namesAndSettings } from "../arguments.ts";
import { exitCodeOf } from "../attend.ts";
import type { Command } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";
import { printJson } from "../screen.ts";
import { watchRun } from "../watch/watch-run.ts";

/** `sparring watch <run>`: shows a run from its first round, and goes on until it has ended. */
export const watch: Command = {
  name: "watch",
  group: "Look",
  usage: "<run>",
  summary: "Show a run's progress until it has ended.",
  details:
    "The table begins with the first round, however late you come. Ctrl+C leaves the run to itself. Any number of terminals can watch.",
  options: {
    json: {
      meaning: "Progress goes to stderr; stdout gets a line of JSON a finished round, and a summary at the end.",
    },
  },
  completes: "runs",
  async run(cli, args) {
    const { names } = namesAndSettings(watch, args.positionals, ["the id of a run"], "no settings");
    const json = args.flag("json");
    return withDaemon(cli, async (client) => {
      const { id } = await resolveRun(client, names[0]!);
      const summary = await watchRun(cli, client, id, {
        json,
        ...(json && { onRound: (record) => printJson(cli, record) }),
      });
      if (json && summary) printJson(cli, summary);
      return exitCodeOf(summary);
    });
  },
};
