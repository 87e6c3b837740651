import type { ParamsOf } from "../../protocol.ts";
import { namesAndSettings, parseRunAndRound, usageError, wholeNumber } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";
import { agreementReport } from "../reports/agreement-report.ts";
import { print, printJson, styleOf } from "../screen.ts";

/** `sparring agreement <run>`: how far the judge's scores are those of people. */
export const agreement: Command = {
  name: "agreement",
  group: "Judge and talk",
  usage: "<run>[@round]",
  summary: "Show how far the judge agrees with the people who rated.",
  details:
    'From blind ratings of answers that the judge scored. Same: share of equal scores. Bias: judge − human, in points. κ: agreement beyond chance, quadratic-weighted for scores, Cohen\'s for a criterion. Spearman: the same order. All are estimates for all answers: ratings are weighted, because what is rated is chosen. Intervals are 95 % and by bootstrap over queries; where it says "too few: 9 of 30", 30 rated queries are needed. A rater who is shown an answer again tells how far ratings can be repeated at all.',
  options: {
    first: { value: "n", meaning: "Answers from this round on." },
    last: { value: "n", meaning: "Answers up to this round." },
    rater: { value: "name", meaning: "Only this rater's ratings. Default: all." },
    json: jsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const { names } = namesAndSettings(agreement, args.positionals, ["the id of a run"], "no settings");
    const { name, round } = parseRunAndRound(agreement, names[0]!);
    const first = wholeNumber(agreement, args, "first", [0, 999_999_999]);
    const last = wholeNumber(agreement, args, "last", [0, 999_999_999]);
    if (round !== undefined && (first ?? last) !== undefined) {
      throw usageError("<run>@<round> and --first or --last exclude each other", agreement);
    }
    if (first !== undefined && last !== undefined && first > last) {
      throw usageError("--first wants a round that is not after --last", agreement);
    }
    const rater = args.text("rater");
    const asked: Omit<ParamsOf<"sparring/judge/agreement">, "run"> = {
      ...((first ?? round) !== undefined && { first: first ?? round }),
      ...((last ?? round) !== undefined && { last: last ?? round }),
      ...(rater !== undefined && { rater }),
    };
    return withDaemon(cli, async (client) => {
      const { id: run } = await resolveRun(client, name);
      const result = await client.request("sparring/judge/agreement", { run, ...asked });
      if (args.flag("json")) printJson(cli, result);
      else print(cli, agreementReport(run, result, styleOf(cli, cli.stdout)));
      return exitCodes.ok;
    });
  },
};
