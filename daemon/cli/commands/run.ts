import { dirname, resolve } from "node:path";
import { loadConfig } from "../../config/load.ts";
import { printConfig } from "../../config/print.ts";
import { newRunId } from "../../text/run-id.ts";
import { withAgreement } from "../agree.ts";
import { namesAndSettings } from "../arguments.ts";
import { attend } from "../attend.ts";
import { exitCodes } from "../cli.ts";
import { type Command, detachOption, sendToOption, watchJsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { printJson, showWarnings } from "../screen.ts";

/** `sparring run <config>`: checks a config, queues it and watches it train. */
export const run: Command = {
  name: "run",
  group: "Train",
  usage: "<config> [key=value …]",
  summary: "Train a config file.",
  details:
    "Settings on the command line win over the file: optimizer.lr=1e-4. Folders in the file are relative to it, on the command line to the working folder. One run trains at a time; others queue. Ctrl+C leaves the run to itself. Where a judge is a server you are asked before anything is sent to it, or agree with --send-to.",
  options: {
    detach: detachOption,
    "dry-run": { meaning: "Print every setting that the run would use, as YAML, and stop." },
    trust: { meaning: "Trust the config's folder first: configs in it may name servers and programs." },
    "send-to": sendToOption,
    json: watchJsonOption,
  },
  completes: "files",
  async run(cli, args) {
    const { names, settings } = namesAndSettings(run, args.positionals, ["a config file"]);
    const { config, warnings } = await loadConfig(names[0]!, settings);
    showWarnings(cli, warnings);
    if (args.flag("dry-run")) {
      if (args.flag("json")) printJson(cli, config);
      else cli.stdout.write(printConfig(config));
      return exitCodes.ok;
    }
    const file = resolve(cli.workspace, names[0]!);
    return withDaemon(cli, async (client) => {
      if (args.flag("trust")) await client.request("sparring/trust/grant", { folder: dirname(file) });
      const id = newRunId(config.name, cli.date(), cli.unique(2));
      const json = args.flag("json");
      const params = { run: id, config: { ...config }, file, workspace: cli.workspace };
      const queued = await withAgreement(cli, { sendTo: args.texts("send-to"), json }, (agreement) =>
        client.request("sparring/run/start", { ...params, ...agreement }),
      );
      return attend(cli, client, queued, { json, detach: args.flag("detach") });
    });
  },
};
