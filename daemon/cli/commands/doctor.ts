import { SparringError } from "../../errors.ts";
import { fixed } from "../../text/numbers.ts";
import { namesAndSettings } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { checkDaemon } from "../doctor/daemon.ts";
import { type Finding, ok, problem } from "../doctor/finding.ts";
import { findingLines } from "../doctor/finding-lines.ts";
import { checkDisk, checkHome, checkNode, checkTerminal } from "../doctor/machine.ts";
import { checkFolders, checkStates } from "../doctor/runs.ts";
import { checkTorch } from "../doctor/torch.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { printable } from "../text/printable.ts";

/** `sparring doctor`: looks whether everything works. It starts no daemon and changes nothing. */
export const doctor: Command = {
  name: "doctor",
  group: "Set up",
  usage: "",
  summary: "Check that everything works here.",
  details: "Looks at Node, home, disk, daemon, engines, runs and terminal. It starts no daemon and changes nothing.",
  options: { json: jsonOption },
  async run(cli, args) {
    namesAndSettings(doctor, args.positionals, [], "no settings");
    const json = args.flag("json");
    const findings: Finding[] = [];
    const report = (finding: Finding): void => {
      findings.push(finding);
      if (!json) print(cli, findingLines(findings.length, finding, styleOf(cli, cli.stdout)));
    };
    report(checkNode(process.versions.node));
    report(await checkHome(cli));
    report(await checkDisk(cli));
    const { findings: found, client } = await checkDaemon(cli);
    for (const finding of found) report(finding);
    try {
      report(await checkEngine(cli));
      for (const finding of await checkedAll("Torch", () => checkTorch(cli))) report(finding);
      report(await checked("Folders", () => checkFolders(cli.home, client)));
      report(await checkStates(client));
    } finally {
      client?.close();
    }
    report(checkTerminal(cli));
    if (json) printJson(cli, findings);
    else print(cli, ["", verdictOf(findings)]);
    return findings.some(({ level }) => level === "problem") ? exitCodes.failed : exitCodes.ok;
  },
};

async function checkEngine(cli: Cli): Promise<Finding> {
  return checked("Engine", async () => {
    const began = cli.now();
    const device = await cli.tryEngine();
    return ok("Engine", `onnx on ${device}: sampled, learned, saved in ${fixed(1)((cli.now() - began) / 1000)} s.`);
  });
}

async function checked(subject: string, check: () => Promise<Finding>): Promise<Finding> {
  const [finding] = await checkedAll(subject, async () => [await check()]);
  return finding!;
}

/** A check that throws has found a problem. */
async function checkedAll(subject: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    const next =
      error instanceof SparringError ? error.next : "Run `npm ci` in Sparring's folder, and report this if it stays.";
    return [problem(subject, printable((error as Error).message), printable(next))];
  }
}

function verdictOf(findings: readonly Finding[]): string {
  const count = (level: Finding["level"]): number => findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (problems + warnings === 0) return "Everything works.";
  return `${plural(problems, "problem")}, ${plural(warnings, "warning")}.`;
}
