import type { RunState } from "../../protocol.ts";
import { withRunsAgreement } from "../agree.ts";
import { namesAndSettings, usageError } from "../arguments.ts";
import { attend } from "../attend.ts";
import { type Command, detachOption, sendToOption, watchJsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { chooseRuns, reportStates, settle } from "../control.ts";

/** What `--all` means. */
const waiting: readonly RunState[] = ["paused", "interrupted"];

/** `sparring resume <run>`: goes on where a run paused or ended, bit for bit. */
export const resume: Command = {
  name: "resume",
  group: "Train",
  usage: "<run> …",
  summary: "Go on with a run that is paused, stopped, failed or interrupted.",
  details:
    "It goes on as if nothing had been, bit for bit. A paused run goes on at once, in the middle of its phase; others are queued and go on after their last finished round. One run is watched; several are left to themselves.",
  options: {
    all: { meaning: "Every paused and every interrupted run." },
    detach: detachOption,
    "send-to": sendToOption,
    json: watchJsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const [all, json] = [args.flag("all"), args.flag("json")];
    const { names, settings } = namesAndSettings(resume, args.positionals, all ? [] : ["the id of a run"], "several");
    if (settings.length > 0) {
      const hint = `To change settings, fork: \`sparring fork ${names[0] ?? "<run>"} ${settings.join(" ")}\`.`;
      throw usageError("a resumed run keeps its settings", resume, hint);
    }
    return withDaemon(cli, async (client) => {
      const runs = await chooseRuns(client, names, all && waiting);
      const resumed = [];
      for (const { id: run } of runs) {
        const resuming = () => client.request("sparring/run/resume", { run });
        resumed.push(await withRunsAgreement(cli, client, [run], { sendTo: args.texts("send-to"), json }, resuming));
      }
      const [only] = resumed;
      if (resumed.length === 1 && !all && only) {
        return attend(cli, client, only, { json, detach: args.flag("detach") });
      }
      return reportStates(cli, await settle(client, resumed), waiting, json);
    });
  },
};
