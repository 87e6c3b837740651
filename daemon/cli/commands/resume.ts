import { namesAndSettings, usageError } from "../arguments.ts";
import type { Command } from "../command.ts";
import { exitCodeOf, printSummary, watchRun } from "../session.ts";

/** `sparring resume <run>`: goes on where a run stopped, bit for bit. */
export const resume: Command = {
  name: "resume",
  usage: "<run>",
  summary: "Go on after a run's last finished round, as if it had never stopped.",
  options: { json: { meaning: "Progress goes to stderr; the last line of stdout is a JSON summary." } },
  async run(cli, args) {
    const { names, settings } = namesAndSettings(resume, args.positionals, ["the id of a run"]);
    if (settings.length > 0) {
      const hint = `To change settings, fork: \`sparring fork ${names[0]} ${settings.join(" ")}\`.`;
      throw usageError("a resumed run keeps its settings", resume, hint);
    }
    const json = args.flag("json");
    const summary = await watchRun(cli, json, (options) => cli.runner.resumeRun(names[0]!, options));
    if (json) printSummary(cli, summary);
    return exitCodeOf(summary);
  },
};
