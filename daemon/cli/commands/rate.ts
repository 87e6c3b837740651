import type { DaemonClient } from "../../client/client.ts";
import { namesAndSettings, parseRunAndRound, usageError, wholeNumber } from "../arguments.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { type Arguments, type Command, jsonOption } from "../command.ts";
import { withDaemon } from "../connection.ts";
import { resolveRun } from "../names.ts";
import { byCriteria, byScore } from "../rate/decide.ts";
import { allRatings, findAnswer } from "../rate/ratings.ts";
import { samplesToRate } from "../rate/samples-to-rate.ts";
import { type RatingSession, rateByKey } from "../rate/session.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { gridLines } from "../text/grid.ts";
import { printable } from "../text/printable.ts";

/** `sparring rate <run>`: a person scores answers, blind. */
export const rate: Command = {
  name: "rate",
  group: "Judge and talk",
  usage: "<run>[@round]",
  summary: "Score answers by hand, blind, on the judge's scale of 0 to 7.",
  details:
    "Shows the answers whose ratings tell most about the judge, one key each; now and then one comes again, to see how steady ratings are. With --query, --answer and --score it rates one answer without asking. A rating is on disk before it is acknowledged.",
  options: {
    round: { value: "n", meaning: "Answers of this round only." },
    count: { value: "n", meaning: "Answers to rate. Default: 20." },
    rater: { value: "name", meaning: "Who rates. Default: your user name." },
    query: { value: "i", meaning: "Rate an answer to this query of <run>@<round>." },
    answer: { value: "j", meaning: "Which answer of the query, from 0." },
    score: { value: "0-7", meaning: "Its score." },
    criteria: { value: "0110…", meaning: "The seven criteria, 1 for met." },
    comment: { value: "text", meaning: "A remark." },
    "by-criteria": { meaning: "Ask for the seven criteria one by one; their number is the score." },
    list: { meaning: "Show the ratings of the run." },
    undo: { value: "id", meaning: "Take a rating back." },
    json: jsonOption,
  },
  completes: "runs",
  async run(cli, args) {
    const { names } = namesAndSettings(rate, args.positionals, ["the id of a run"], "no settings");
    const { name, round: named } = parseRunAndRound(rate, names[0]!);
    const round = wholeNumber(rate, args, "round", [0, 999_999_999]) ?? named;
    const count = wholeNumber(rate, args, "count", [1, 10_000]) ?? 20;
    const single = args.text("query") === undefined ? undefined : singleOf(args, round);
    const undo = args.text("undo");
    const json = args.flag("json");
    const rater = args.text("rater") ?? (cli.env.USER || cli.env.USERNAME || "unknown");
    return withDaemon(cli, async (client) => {
      const { id: run } = await resolveRun(client, name);
      if (args.flag("list")) await listRatings(cli, client, run, json);
      else if (undo !== undefined)
        report(cli, json, undo, await client.request("sparring/sample/unrate", { run, id: undo }));
      else if (single) await rateOne(cli, client, run, { ...single, rater }, json);
      else {
        const way = args.flag("by-criteria") ? byCriteria : byScore;
        await rateMany(cli, client, run, { round, count, rater, way });
      }
      return exitCodes.ok;
    });
  },
};

/** A rating that the command line gives completely. */
function singleOf(args: Arguments, round: number | undefined) {
  const query = wholeNumber(rate, args, "query", [0, 999_999])!;
  const answer = wholeNumber(rate, args, "answer", [0, 999_999]);
  const score = wholeNumber(rate, args, "score", [0, 7]);
  const [criteria, comment] = [args.text("criteria"), args.text("comment")];
  if (round === undefined || answer === undefined || score === undefined) {
    throw usageError("--query needs <run>@<round>, --answer and --score", rate);
  }
  if (criteria !== undefined && !/^[01]{7}$/.test(criteria)) {
    throw usageError(`--criteria wants seven digits 0 or 1, found ${JSON.stringify(criteria)}`, rate);
  }
  const met = criteria === undefined ? undefined : [...criteria].map((digit) => (digit === "1" ? 1 : 0));
  return { round, query, answer, score, ...(met && { criteria: met }), ...(comment !== undefined && { comment }) };
}

type Single = ReturnType<typeof singleOf> & { readonly rater: string };

async function rateOne(cli: Cli, client: DaemonClient, run: string, single: Single, json: boolean): Promise<void> {
  await findAnswer(client, run, single);
  const id = cli.unique(16);
  // Whoever names an answer may have seen its scores.
  const rating = { id, ...single, blind: false };
  report(cli, json, id, await client.request("sparring/sample/rate", { run, rating }));
}

function report(cli: Cli, json: boolean, id: string, { ratings }: { ratings: number }): void {
  if (json) printJson(cli, { id, ratings });
  else print(cli, [`Rating ${printable(id)}; the run has ${ratings} now.`]);
}

async function listRatings(cli: Cli, client: DaemonClient, run: string, json: boolean): Promise<void> {
  const ratings = await allRatings(client, run);
  if (json) return printJson(cli, ratings);
  const { columns, colours, invocation } = styleOf(cli, cli.stdout);
  if (ratings.length === 0) return print(cli, [`${run} has no ratings. \`${invocation} rate ${run}\` begins.`]);
  const cells = (cell: (rating: (typeof ratings)[number]) => string): string[] => ratings.map(cell);
  print(
    cli,
    gridLines(
      [
        { title: "id", align: "left", cells: cells(({ id }) => printable(id)) },
        { title: "score", align: "right", cells: cells(({ score }) => (score === null ? "skip" : String(score))) },
        { title: "round", align: "right", cells: cells(({ round }) => String(round)) },
        { title: "query", align: "right", cells: cells(({ query }) => String(query)) },
        { title: "answer", align: "right", cells: cells(({ answer }) => String(answer)) },
        { title: "rater", align: "left", cells: cells(({ rater }) => printable(rater)), dispensable: 2 },
        { title: "comment", align: "left", cells: cells(({ comment }) => printable(comment ?? "")), dispensable: 1 },
      ],
      columns,
      colours,
    ),
  );
}

async function rateMany(
  cli: Cli,
  client: DaemonClient,
  run: string,
  asked: Omit<RatingSession, "run" | "samples"> & { readonly round: number | undefined },
): Promise<void> {
  if (!cli.stdin.isTTY) {
    throw usageError("rating by key needs a terminal", rate, "In a script give --query, --answer and --score.");
  }
  await rateByKey(cli, client, { run, ...asked, samples: samplesToRate(client, run, asked) });
}
