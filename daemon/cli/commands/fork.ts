import { newRunId } from "../../text/run-id.ts";
import { withAgreement } from "../agree.ts";
import { namesAndSettings, parseRunAndRound } from "../arguments.ts";
import { attend } from "../attend.ts";
import { type Command, detachOption, sendToOption, watchJsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";

/** `sparring fork <run>@<round>`: a new run from a round of another, with changed settings or without. */
export const fork: Command = {
  name: "fork",
  group: "Train",
  usage: "<run>[@round] [key=value …]",
  summary: "Start a run from a round of another, with changed settings.",
  details:
    "Without a round it starts from the newest. Rounds with a checkpoint can be forked from, and the last one. Settings that the change makes meaningless are dropped; all others are inherited. A fork without changes is bit-identical to its parent. Where a judge is a server a fork is asked about anew, whatever you agreed to for its parent.",
  options: {
    name: { value: "text", meaning: "Name of the new run. Default: the parent's." },
    detach: detachOption,
    "send-to": sendToOption,
    json: watchJsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const { names, settings } = namesAndSettings(fork, args.positionals, ["the id of a run, or <run>@<round>"]);
    const { name, round } = parseRunAndRound(fork, names[0]!);
    const newName = args.text("name");
    return withDaemon(cli, async (client) => {
      const parent = await resolveRun(client, name);
      const json = args.flag("json");
      const params = {
        run: newRunId(newName ?? parent.name, cli.date(), cli.unique(2)),
        parent: parent.id,
        ...(round !== undefined && { round }),
        settings: newName === undefined ? settings : [...settings, `name=${newName}`],
        workspace: cli.workspace,
      };
      const queued = await withAgreement(cli, { sendTo: args.texts("send-to"), json }, (agreement) =>
        client.request("sparring/run/fork", { ...params, ...agreement }),
      );
      return attend(cli, client, queued, { json, detach: args.flag("detach") });
    });
  },
};
