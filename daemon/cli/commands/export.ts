import { resolve } from "node:path";
import type { DaemonClient } from "../../client/client.ts";
import type { ParamsOf } from "../../protocol.ts";
import { namesAndSettings, parseRunAndRound, usageError } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Arguments, type Command, jsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";
import { dataReport, weightsReport } from "../reports/export-report.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { attendTask } from "../task-line.ts";

/** `sparring export <run>[@round] <path>`: weights or self-play data for use elsewhere. */
export const exportCommand: Command = {
  name: "export",
  group: "Take along",
  usage: "<run>[@round] <path>",
  summary: "Write weights or self-play data for other tools.",
  details:
    "Weights: a Hugging Face folder with tokenizer and chat template, or a PEFT adapter. Before it says done, what was written is opened in a fresh engine and its log-probabilities are compared with the run's. Without a round it takes the newest weights; it works while the run trains. Data, with --data: JSON lines as TRL writes and reads them. Preferences pair the answer with a query's highest reward and the one with its lowest; equal rewards give no pair. Nothing is overwritten.",
  options: {
    format: { value: "hf|peft", meaning: "hf: all weights, an adapter merged in. peft: the adapter. Default: hf." },
    reference: { meaning: "The reference: the weights that the stage began with." },
    data: { value: "what", meaning: "completions or preferences: data instead of weights, into a .jsonl file." },
    rounds: { value: "a-b", meaning: "Data of these rounds. Default: all." },
    json: jsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const wanted = ["the id of a run", "the path to write"];
    const { names } = namesAndSettings(exportCommand, args.positionals, wanted, "no settings");
    const { name, round } = parseRunAndRound(exportCommand, names[0]!);
    const path = resolve(cli.workspace, names[1]!);
    const data = oneOf(args, "data", ["completions", "preferences"]);
    const format = oneOf(args, "format", ["hf", "peft"]);
    const rounds = roundsOf(args.text("rounds"));
    const reference = args.flag("reference");
    if (reference && round !== undefined) {
      throw usageError("a checkpoint's round and --reference exclude each other", exportCommand);
    }
    if (data && (reference || format || round !== undefined)) {
      throw usageError("--data has no use for weights", exportCommand, "Choose rounds with --rounds a-b.");
    }
    if (!data && rounds) throw usageError("--rounds needs --data", exportCommand, "Choose weights with <run>@<round>.");
    return withDaemon(cli, async (client) => {
      const { id: run } = await resolveRun(client, name);
      const weights = reference ? "reference" : round === undefined ? "current" : { checkpoint: round };
      if (data) await exportData(cli, client, { run, data, file: path, ...rounds }, args.flag("json"));
      else {
        const params = { run, weights, dir: path, ...(format && { format }) } as const;
        await exportWeights(cli, client, params, args.flag("json"));
      }
      return exitCodes.ok;
    });
  },
};

async function exportWeights(
  cli: Cli,
  client: DaemonClient,
  params: ParamsOf<"sparring/checkpoint/export">,
  json: boolean,
): Promise<void> {
  const written = await attendTask(cli, client, (task, signal) =>
    client.request("sparring/checkpoint/export", { ...params, task }, { signal }),
  );
  if (json) printJson(cli, written);
  else print(cli, weightsReport(written, params.format ?? "hf", styleOf(cli, cli.stdout)));
}

async function exportData(
  cli: Cli,
  client: DaemonClient,
  params: ParamsOf<"sparring/sample/export">,
  json: boolean,
): Promise<void> {
  const written = await attendTask(cli, client, (task, signal) =>
    client.request("sparring/sample/export", { ...params, task }, { signal }),
  );
  if (json) printJson(cli, written);
  else print(cli, dataReport(written, params.data, styleOf(cli, cli.stdout)));
}

/** The value of an option that is one of some words. @throws SparringError `cli/usage` */
function oneOf<T extends string>(args: Arguments, name: string, words: readonly T[]): T | undefined {
  const text = args.text(name);
  const found = words.find((word) => word === text);
  if (text === undefined || found !== undefined) return found;
  throw usageError(`--${name} wants ${words.join(" or ")}, found ${JSON.stringify(text)}`, exportCommand);
}

/** "3-7", or "3" for one round. */
function roundsOf(text: string | undefined): { first: number; last: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (match && first <= last) return { first, last };
  throw usageError(`--rounds wants <first>-<last>, found ${JSON.stringify(text)}`, exportCommand);
}
