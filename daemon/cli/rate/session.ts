import type { DaemonClient } from "../../client/client.ts";
import type { Cli } from "../cli.ts";
import { readKeys } from "../keyboard.ts";
import { Queue } from "../queue.ts";
import { modelText } from "../samples.ts";
import { print, styleOf } from "../screen.ts";
import { padEnd, wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";
import { criteriaLines } from "./criteria.ts";
import { type RatedAnswer, ratingSummary } from "./rating-summary.ts";
import { findAnswer } from "./ratings.ts";
import type { SampleToRate } from "./samples-to-rate.ts";

/** What a rating session works on. */
export interface RatingSession {
  readonly run: string;
  readonly rater: string;
  readonly count: number;
  readonly samples: AsyncIterator<SampleToRate>;
}

/** A rating that was made in this session. */
interface Made {
  readonly id: string;
  readonly sample: SampleToRate;
  /** null: skipped. */
  readonly score: number | null;
}

/**
 * Rates answers key by key, blind: how the judge took them is shown only at the end. The next answer is shown when the
 * daemon has the rating on disk.
 */
export async function rateByKey(cli: Cli, client: DaemonClient, session: RatingSession): Promise<void> {
  const style = styleOf(cli, cli.stdout);
  const { run, count, samples } = session;
  const done: Made[] = [];
  const put: SampleToRate[] = [];
  const keys = new Queue<string>();
  const release = readKeys(cli.stdin, (key) => keys.put(key));
  print(cli, [...wrap(keyHelp, style.columns), ""]);
  try {
    for (;;) {
      const sample = put.pop() ?? (done.length < count ? (await samples.next()).value : undefined);
      if (sample === undefined) {
        if (done.length < count) print(cli, wrap("There is no answer left that you have not rated.", style.columns));
        break;
      }
      print(cli, sampleLines(sample, `${done.length + 1} of ${count}`, style));
      const verb = await decide();
      if (verb === "quit") break;
      if (verb === "undo") {
        const last = done.pop()!;
        await client.request("sparring/sample/unrate", { run, id: last.id });
        print(cli, [style.colours.dim("taken back"), ""]);
        put.push(sample, last.sample);
        continue;
      }
      done.push(await send(sample, verb));
      print(cli, [`${verb.score === null ? "skipped" : style.colours.bold(String(verb.score))}`, ""]);
    }
  } finally {
    release();
  }
  const rated = await judgedAnswers(client, run, done);
  print(cli, ratingSummary(rated, done.length - rated.length, run, style));

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

  async function send(sample: SampleToRate, verb: { score: number | null; seconds: number }): Promise<Made> {
    const { round, query, answer } = sample;
    const id = cli.unique(16);
    const { score, seconds } = verb;
    const rating = { id, rater: session.rater, round, query, answer, score, blind: true, seconds };
    await client.request("sparring/sample/rate", { run, rating });
    return { id, sample, score };
  }
}

const keyHelp = "Keys: 0–7 rate · s skip · u undo · ? the criteria · q quit. How the judge scored is shown at the end.";

/** The answers that got a score, with the judge's: asked for only now that all is rated. */
async function judgedAnswers(client: DaemonClient, run: string, done: readonly Made[]): Promise<RatedAnswer[]> {
  const rated: RatedAnswer[] = [];
  for (const { sample, score } of done) {
    if (score === null) continue;
    const { round, query, answer } = sample;
    const place = { round, query, answer };
    rated.push({ ...place, score, judged: await findAnswer(client, run, place) });
  }
  return rated;
}

/** A query and an answer, without anything that tells how they were scored. */
function sampleLines({ queryText, answerText }: SampleToRate, count: string, { columns, colours }: Style): string[] {
  const block = (label: string, text: string): string[] => {
    const [first = "", ...rest] = modelText(text, columns, "        ");
    return [colours.dim(padEnd(label, 8)) + first.slice(8), ...rest];
  };
  return [colours.dim(`── ${count} ──`), ...block("query", queryText), ...block("answer", answerText)];
}
