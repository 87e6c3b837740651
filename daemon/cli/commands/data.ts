import { openData } from "../../data/open.ts";
import type { Dataset } from "../../data/record.ts";
import { streamUniform } from "../../engine/random.ts";
import { readDecoderConfig } from "../../models/config.ts";
import { hubIdOf, resolveModel } from "../../models/resolve.ts";
import { ChatTokenizer } from "../../models/tokenizer.ts";
import { findTask } from "../../tasks/registry.ts";
import { trainingSums } from "../../tasks/sums.ts";
import { namesAndSettings, usageError, wholeNumber } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { previewLines } from "../data/lines.ts";
import { previewOf } from "../data/preview.ts";
import { print, printJson, styleOf } from "../screen.ts";

const defaultRecords = 5;

/** `sparring data preview <file>`: data as a model would get them. */
export const data: Command = {
  name: "data",
  group: "Look",
  usage: "preview <file>",
  summary: "Show data as a model would be trained on them.",
  details:
    "Which records of a file can be used, what was skipped and why, and how the first ones are rendered by a model's chat template. Files are JSON Lines or a JSON array with prompt/chosen/rejected, messages, real/generated, instruction/input/output, prompt/completion or question/answer (with choices, if there are any); builtin:addition-expert and builtin:addition-pairs need no file. No daemon is needed.",
  options: {
    model: { value: "builtin:nano|folder", meaning: "Whose chat template and tokenizer. Default: none." },
    "max-tokens": { value: "n", meaning: "Skip longer records. Default: the model's longest sequence." },
    records: { short: "n", value: "n", meaning: `How many records to show. Default: ${defaultRecords}.` },
    json: jsonOption,
  },
  completes: "files",
  async run(cli, args) {
    const { names } = namesAndSettings(
      data,
      args.positionals,
      ["`preview`", "a file, or builtin:<name>"],
      "no settings",
    );
    if (names[0] !== "preview") {
      throw usageError(`\`data\` does not know what to do with ${JSON.stringify(names[0])}`, data);
    }
    const count = wholeNumber(data, args, "records", [0, 100_000]) ?? defaultRecords;
    const maxTokens = wholeNumber(data, args, "max-tokens", [1, 10_000_000]);
    const named = args.text("model");
    if (maxTokens !== undefined && named === undefined) throw usageError("--max-tokens needs --model", data);
    const model = named === undefined ? undefined : await readModel(cli, named, maxTokens);
    const dataset = await open(cli, names[1]!, model);
    try {
      const preview = await previewOf(dataset, model, count);
      if (args.flag("json")) printJson(cli, preview);
      else print(cli, previewLines(preview, styleOf(cli, cli.stdout)));
      return exitCodes.ok;
    } finally {
      await dataset.close();
    }
  },
};

interface Model {
  readonly tokenizer: ChatTokenizer;
  readonly maxTokens: number;
}

/** A model's tokenizer, and its longest sequence where no other limit is given. Weights are not read, and not downloaded. */
async function readModel(cli: Cli, name: string, maxTokens: number | undefined): Promise<Model> {
  if (hubIdOf(name, cli.workspace)) {
    throw usageError(
      `there is no folder ${JSON.stringify(name)}, and a look at data downloads no model`,
      data,
      "Give a model's folder; one in the Hugging Face cache is its snapshots/<commit>.",
    );
  }
  const { dir } = await resolveModel(name, cli.workspace);
  const tokenizer = await ChatTokenizer.load(dir);
  return { tokenizer, maxTokens: maxTokens ?? (await readDecoderConfig(dir)).maxPositionEmbeddings };
}

/** Opens the data; Ctrl+C ends the reading of a long file. */
async function open(cli: Cli, source: string, model: Model | undefined): Promise<Dataset> {
  const leaving = new AbortController();
  const release = cli.onInterrupt(() => (leaving.signal.aborted ? cli.kill() : leaving.abort()));
  try {
    return await openData(source, {
      relativeTo: cli.workspace,
      signal: leaving.signal,
      game: { sums: trainingSums, solverPrompt: findTask("addition").solverPrompt },
      uniform: (index) => streamUniform(0, "data", index),
      ...(model && { limit: { encoder: model.tokenizer, maxTokens: model.maxTokens } }),
    });
  } finally {
    release();
  }
}
