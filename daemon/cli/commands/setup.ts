import { resolve } from "node:path";
import type { ResultOf } from "../../protocol.ts";
import { namesAndSettings, usageError } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { findingLines } from "../doctor/finding-lines.ts";
import { shownFinding } from "../doctor/torch.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { attendTask } from "../task-line.ts";
import { wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";

type Result = ResultOf<"sparring/engine/setup">;

/** `sparring setup torch`: what the torch engine needs on this machine. */
export const setup: Command = {
  name: "setup",
  group: "Set up",
  usage: "torch",
  summary: "Make the torch engine usable: PyTorch in a Python environment.",
  details:
    "Finds a Python of 3.10 or later, makes an environment below SPARRING_HOME, installs the pinned packages into it, and looks at GPU, driver and memory. It works again after an interrupted installation; pip keeps what it has downloaded. With --python it uses an environment of yours instead, and installs nothing into it. Exit code 0 where runs can use the engine, 1 where they can't.",
  options: {
    python: { value: "path", meaning: "The interpreter of an environment of yours with PyTorch." },
    check: { meaning: "Only look; install and change nothing." },
    json: jsonOption,
  },
  completes: ["torch"],
  async run(cli, args) {
    const { names } = namesAndSettings(setup, args.positionals, ["the engine: torch"], "no settings");
    if (names[0] !== "torch") {
      throw usageError(`${JSON.stringify(names[0])} needs no set-up, or is no engine`, setup, "Only torch has one.");
    }
    const named = args.text("python");
    const python = named === undefined ? {} : { python: resolve(cli.workspace, named) };
    const install = !args.flag("check");
    return withDaemon(cli, async (client) => {
      const result = await attendTask(cli, client, (task, signal) =>
        client.request("sparring/engine/setup", { ...python, install, task }, { signal }),
      );
      if (args.flag("json")) printJson(cli, result);
      else print(cli, setupReport(result, named !== undefined && !install, styleOf(cli, cli.stdout)));
      return result.ready ? exitCodes.ok : exitCodes.failed;
    });
  },
};

/** What set-up found, a finding a paragraph, and what it means. @param isTrial another environment was only looked at */
function setupReport({ findings, ready }: Result, isTrial: boolean, style: Style): string[] {
  const lines = findings.flatMap((finding, i) => findingLines(i + 1, shownFinding(finding), style));
  return [...lines, "", ...wrap(verdict(findings, ready, isTrial), style.columns)];
}

function verdict(findings: Result["findings"], ready: boolean, isTrial: boolean): string {
  if (!ready)
    return isTrial ? "This environment will not do." : "Runs can't use the torch engine yet; what to do stands above.";
  if (isTrial) return "This environment will do. Without --check, runs use it from then on.";
  const trouble = findings.some(({ state }) => state === "problem") ? ", but not as fast as it could be" : "";
  return `Runs can use the torch engine${trouble}: set engine.name to torch in a config.`;
}
