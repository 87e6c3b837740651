import type { ParamsOf } from "../../protocol.ts";
import { withRunsAgreement } from "../agree.ts";
import { namesAndSettings, parseRunAndRound, usageError, wholeNumber } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import { type Command, jsonOption, sendToOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { allRuns, findRun } from "../names.ts";
import { evalReport } from "../reports/eval-report.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { attendTask } from "../task-line.ts";

const judges = ["verifier", "self-reward", "pairwise"] as const;

/** `sparring eval <run>[@round]`: held-out accuracy, and the win rate against other weights. */
export const evalCommand: Command = {
  name: "eval",
  group: "Judge and talk",
  usage: "<run>[@round]",
  summary: "Measure weights on held-out tasks, alone or against others.",
  details:
    "Accuracy: the share of held-out tasks answered exactly right, greedily. Win rate, with --against: both answer the same tasks at temperature 0.01, and a judge says who did better, twice, with positions swapped; where it disagrees with itself it is a tie, and ties count half. Intervals are 95 %. The verifier lets win who is right where the other is wrong; self-reward asks the run's reference for the seven criteria, in the mode of its config (judge.rubric.mode), for each answer by itself; pairwise asks it which of the two answers is better, or the server where judge.pairwise.by says so. It works while runs train, between two of their steps.",
  options: {
    against: { value: "run[@round]|base", meaning: "Other weights; base: what the run's stage began with." },
    judge: { value: judges.join("|"), meaning: "Who decides. Default: verifier." },
    reference: { meaning: "Measure the run's reference instead of its weights." },
    limit: { value: "n", meaning: "Only so many tasks. Default: all." },
    seed: { value: "n", meaning: "The same seed gives the same answers. Default: 0." },
    "send-to": sendToOption,
    json: jsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const { names } = namesAndSettings(evalCommand, args.positionals, ["the id of a run"], "no settings");
    const ours = parseRunAndRound(evalCommand, names[0]!);
    const limit = wholeNumber(evalCommand, args, "limit", [1, 100_000]);
    const seed = wholeNumber(evalCommand, args, "seed", [0, Number.MAX_SAFE_INTEGER]);
    const named = args.text("judge");
    const judge = judges.find((each) => each === named);
    if (named !== undefined && !judge) {
      throw usageError(`--judge wants ${judges.join(" or ")}, found ${JSON.stringify(named)}`, evalCommand);
    }
    const opponent = args.text("against");
    if (judge && opponent === undefined) throw usageError("--judge needs --against", evalCommand);
    const theirs = opponent === undefined || opponent === "base" ? undefined : parseRunAndRound(evalCommand, opponent);
    const reference = args.flag("reference");
    if (reference && ours.round !== undefined) {
      throw usageError("a checkpoint's round and --reference exclude each other", evalCommand);
    }
    return withDaemon(cli, async (client) => {
      const runs = await allRuns(client);
      const { id: run } = findRun(ours.name, runs);
      const against =
        opponent === "base"
          ? { run, weights: "reference" as const }
          : theirs && { run: findRun(theirs.name, runs).id, weights: weightsOf(theirs.round) };
      const params: ParamsOf<"sparring/checkpoint/evaluate"> = {
        run,
        weights: reference ? "reference" : weightsOf(ours.round),
        ...(against && { against }),
        ...(judge && { judge }),
        ...(limit !== undefined && { limit }),
        ...(seed !== undefined && { seed }),
      };
      const judged = [...new Set([run, ...(against ? [against.run] : [])])];
      const json = args.flag("json");
      const result = await withRunsAgreement(cli, client, judged, { sendTo: args.texts("send-to"), json }, () =>
        attendTask(cli, client, (task, signal) =>
          client.request("sparring/checkpoint/evaluate", { ...params, task }, { signal }),
        ),
      );
      if (json) printJson(cli, result);
      else print(cli, evalReport(result, params, styleOf(cli, cli.stdout)));
      return exitCodes.ok;
    });
  },
};

function weightsOf(round: number | undefined): "current" | { checkpoint: number } {
  return round === undefined ? "current" : { checkpoint: round };
}
