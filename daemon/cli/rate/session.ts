import type { DaemonClient } from "../../client/client.ts";
import type { Cli } from "../cli.ts";
import { readKeys } from "../keyboard.ts";
import { Queue } from "../queue.ts";
import { modelText } from "../reports/samples.ts";
import { print, styleOf } from "../screen.ts";
import { padEnd, wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";
import type { Verdict, Way } from "./decide.ts";
import { type RatedAnswer, ratingSummary } from "./rating-summary.ts";
import { findAnswer } from "./ratings.ts";
import type { SampleToRate } from "./samples-to-rate.ts";

/** What a rating session works on. */
export interface RatingSession {
  readonly run: string;
  readonly rater: string;
  readonly count: number;
  readonly samples: AsyncIterator<SampleToRate>;
  readonly way: Way;
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
  const { run, count, samples, way } = session;
  const done: Made[] = [];
  const put: SampleToRate[] = [];
  const keys = new Queue<string>();
  const release = readKeys(cli.stdin, (key) => keys.put(key));
  print(cli, [...wrap(way.help, style.columns), ""]);
  try {
    for (;;) {
      const sample = put.pop() ?? (done.length < count ? (await samples.next()).value : undefined);
      if (sample === undefined) {
        if (done.length < count) print(cli, wrap("There is no answer left that you have not rated.", style.columns));
        break;
      }
      print(cli, sampleLines(sample, `${done.length + 1} of ${count}`, style));
      const since = cli.now();
      const verb = await way.decide({
        nextKey: () => keys.next(),
        print: (lines) => print(cli, lines),
        canUndo: done.length > 0,
        style,
      });
      if (verb === "quit") break;
      if (verb === "undo") {
        const last = done.pop()!;
        await client.request("sparring/sample/unrate", { run, id: last.id });
        print(cli, [style.colours.dim("taken back"), ""]);
        put.push(sample, last.sample);
        continue;
      }
      done.push(await send(sample, verb, (cli.now() - since) / 1000));
      print(cli, [`${verb.score === null ? "skipped" : style.colours.bold(String(verb.score))}`, ""]);
    }
  } finally {
    release();
  }
  const rated = await judgedAnswers(client, run, done);
  print(cli, ratingSummary(rated, done.length - rated.length, run, style));

  async function send(sample: SampleToRate, { score, criteria }: Verdict, seconds: number): Promise<Made> {
    const { round, query, answer } = sample;
    const id = cli.unique(16);
    const place = { round, query, answer };
    const met = criteria && { criteria: [...criteria] };
    const rating = { id, rater: session.rater, ...place, score, ...met, blind: true, seconds };
    await client.request("sparring/sample/rate", { run, rating });
    return { id, sample, score };
  }
}

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

/** A query and an answer, without anything that tells how they were scored; and why the queue picked them. */
function sampleLines(sample: SampleToRate, count: string, { columns, colours }: Style): string[] {
  const { queryText, answerText, reason } = sample;
  const indent = " ".repeat(8);
  const block = (label: string, [first = "", ...rest]: readonly string[]): string[] => {
    return [colours.dim(padEnd(label, indent.length)) + first.slice(indent.length), ...rest];
  };
  return [
    colours.dim(`── ${count} ──`),
    ...block("query", modelText(queryText, columns, indent)),
    ...block("answer", modelText(answerText, columns, indent)),
    ...(reason === undefined ? [] : block("why", wrap(reason, columns, indent)).map(colours.dim)),
  ];
}
