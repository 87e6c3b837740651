import { loadConfig } from "../../config/load.ts";
import { printConfig } from "../../config/print.ts";
import { namesAndSettings } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { exitCodeOf, printSummary, showWarnings, watchRun } from "../session.ts";

/** `sparring run <config>`: checks a config and trains it. */
export const run: Command = {
  name: "run",
  usage: "<config> [key=value …]",
  summary: "Train a config file.",
  details:
    "Settings on the command line win over the file: optimizer.lr=1e-4. Folders in the file are relative to it, on the command line to the working folder.",
  options: {
    "dry-run": { meaning: "Print every setting that the run would use, as YAML, and stop." },
    json: { meaning: "Progress goes to stderr; the last line of stdout is a JSON summary." },
  },
  async run(cli, args) {
    const { names, settings } = namesAndSettings(run, args.positionals, ["a config file"]);
    const { config, warnings } = await loadConfig(names[0]!, settings);
    showWarnings(cli, warnings);
    const json = args.flag("json");
    if (args.flag("dry-run")) {
      cli.stdout.write(json ? `${JSON.stringify(config)}\n` : printConfig(config));
      return exitCodes.ok;
    }
    const summary = await watchRun(cli, json, (options) => cli.runner.startRun(config, options));
    if (json) printSummary(cli, summary);
    return exitCodeOf(summary);
  },
};
