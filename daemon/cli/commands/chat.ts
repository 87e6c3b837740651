import { namesAndSettings, parseRunAndRound, usageError, wholeNumber } from "../arguments.ts";
import { converse } from "../chat/converse.ts";
import { replay } from "../chat/replay.ts";
import { exitCodes } from "../cli.ts";
import { type Arguments, type Command, sendToOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";

/** `sparring chat <run>`: a conversation with a run's weights. */
export const chat: Command = {
  name: "chat",
  group: "Judge and talk",
  usage: "<run>[@round]",
  summary: "Talk to a run's weights, or play a stored query again.",
  details:
    "The newest weights answer, or those of the checkpoint of a round. One line is one message; from a pipe too. It works while the run trains, between two of its steps, and changes nothing there. Ctrl+C cancels an answer, and a second one leaves.",
  options: {
    reference: { meaning: "Talk to the reference: the weights that the stage began with." },
    temperature: { value: "t", meaning: "0 takes the likeliest token. Default: 1." },
    "max-tokens": { value: "n", meaning: "Tokens of an answer at most. Default: 256." },
    seed: { value: "n", meaning: "The same seed and messages give the same answer. Default: 0." },
    replay: { value: "round:query", meaning: "Play a stored query again, and show fresh answers with scores." },
    answers: { value: "n", meaning: "Answers of a replay. Default: 8." },
    "send-to": sendToOption,
    json: { meaning: "Print a line of JSON an answer." },
  },
  completes: "runs",
  async run(cli, args) {
    const { names } = namesAndSettings(chat, args.positionals, ["the id of a run"], "no settings");
    const { name, round } = parseRunAndRound(chat, names[0]!);
    const sampling = samplingOf(args, round);
    const maxTokens = wholeNumber(chat, args, "max-tokens", [1, 4096]);
    const answers = wholeNumber(chat, args, "answers", [1, 64]);
    const place = placeOf(args.text("replay"));
    const json = args.flag("json");
    if (!place && args.texts("send-to").length > 0) throw usageError("--send-to needs --replay", chat);
    return withDaemon(cli, async (client) => {
      const { id: run } = await resolveRun(client, name);
      if (place) {
        const params = { run, ...place, ...sampling, ...(answers !== undefined && { answers }) };
        await replay(cli, client, params, { sendTo: args.texts("send-to"), json });
        return exitCodes.ok;
      }
      return converse(cli, client, { run, ...sampling, ...(maxTokens !== undefined && { maxTokens }) }, json);
    });
  },
};

/** Whose weights answer, and how tokens are drawn. */
function samplingOf(args: Arguments, round: number | undefined) {
  if (args.flag("reference") && round !== undefined) {
    throw usageError("a checkpoint's round and --reference exclude each other", chat);
  }
  const text = args.text("temperature");
  const temperature = text === undefined ? undefined : Number(text);
  if (temperature !== undefined && !(text!.trim() !== "" && temperature >= 0 && temperature <= 10)) {
    throw usageError(`--temperature wants a number from 0 to 10, found ${JSON.stringify(text)}`, chat);
  }
  const seed = wholeNumber(chat, args, "seed", [0, Number.MAX_SAFE_INTEGER]);
  return {
    ...(args.flag("reference") && { weights: "reference" as const }),
    ...(round !== undefined && { weights: { checkpoint: round } }),
    ...(temperature !== undefined && { temperature }),
    ...(seed !== undefined && { seed }),
  };
}

function placeOf(text: string | undefined): { round: number; query: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,9}):(\d{1,6})$/.exec(text);
  if (!match) throw usageError(`--replay wants <round>:<query>, found ${JSON.stringify(text)}`, chat);
  return { round: Number(match[1]), query: Number(match[2]) };
}
