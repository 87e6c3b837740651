import type { DaemonClient } from "../../client/client.ts";
import type { Cli } from "../cli.ts";
import { readKeys } from "../keyboard.ts";
import { Queue } from "../queue.ts";
import { modelText } from "../samples.ts";
import { print, styleOf } from "../screen.ts";
import { padEnd, wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";
import { criteriaLines } from "./criteria.ts";
import type { Candidate } from "./pick.ts";
import { type Rated, ratingSummary } from "./rating-summary.ts";

/** What a rating session works on. */
export interface RatingSession {
  readonly run: string;
  readonly rater: string;
  readonly count: number;
  readonly candidates: AsyncIterator<Candidate>;
}

/**
 * Rates answers key by key, blind: how the judge took them is shown only at the end. The next answer is shown when the
 * daemon has the rating on disk.
 */
export async function rateByKey(cli: Cli, client: DaemonClient, session: RatingSession): Promise<void> {
  const style = styleOf(cli, cli.stdout);
  const { run, count, candidates } = session;
  const done: Rated[] = [];
  const put: Candidate[] = [];
  const keys = new Queue<string>();
  const release = readKeys(cli.stdin, (key) => keys.put(key));
  print(cli, [...wrap(keyHelp, style.columns), ""]);
  try {
    for (;;) {
      const candidate = put.pop() ?? (done.length < count ? (await candidates.next()).value : undefined);
      if (candidate === undefined) {
        if (done.length < count) print(cli, wrap("There is no answer left that you have not rated.", style.columns));
        break;
      }
      print(cli, candidateLines(candidate, `${done.length + 1} of ${count}`, style));
      const verb = await decide();
      if (verb === "quit") break;
      if (verb === "undo") {
        const last = done.pop()!;
        await client.request("sparring/sample/unrate", { run, id: last.id });
        print(cli, [style.colours.dim("taken back"), ""]);
        put.push(candidate, last.candidate);
        continue;
      }
      done.push(await send(candidate, verb));
      print(cli, [`${verb.score === null ? "skipped" : style.colours.bold(String(verb.score))}`, ""]);
    }
  } finally {
    release();
  }
  print(cli, ratingSummary(done, run, style));

  /** Reads keys until one means something. */
  async function decide(): Promise<"quit" | "undo" | { readonly score: number | null; readonly seconds: number }> {
    const since = cli.now();
    for (;;) {
      const key = await keys.next();
      const seconds = (cli.now() - since) / 1000;
      if (key === "q") return "quit";
      if (key === "s") return { score: null, seconds };
      if (/^[0-7]$/.test(key)) return { score: Number(key), seconds };
      if (key === "u" && done.length > 0) return "undo";
      if (key === "?") print(cli, [...criteriaLines(style), ""]);
      else print(cli, wrap(key === "u" ? "There is nothing to take back." : keyHelp, style.columns));
    }
  }

  async function send(candidate: Candidate, verb: { score: number | null; seconds: number }): Promise<Rated> {
    const { round, query, index } = candidate;
    const id = cli.unique(16);
    const place = { round, query: query.index, answer: index };
    const rating = { id, rater: session.rater, ...place, score: verb.score, blind: true, seconds: verb.seconds };
    await client.request("sparring/sample/rate", { run, rating });
    return { id, candidate, score: verb.score };
  }
}

const keyHelp = "Keys: 0–7 rate · s skip · u undo · ? the criteria · q quit. How the judge scored is shown at the end.";

/** A query and an answer, without anything that tells how they were scored. */
function candidateLines({ query, answer }: Candidate, count: string, { columns, colours }: Style): string[] {
  const block = (label: string, text: string): string[] => {
    const [first = "", ...rest] = modelText(text, columns, "        ");
    return [colours.dim(padEnd(label, 8)) + first.slice(8), ...rest];
  };
  return [colours.dim(`── ${count} ──`), ...block("query", query.text), ...block("answer", answer.text)];
}
