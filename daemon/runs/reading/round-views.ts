import { resolveConfig } from "../../config/load.ts";
import type { Config } from "../../config/schema.ts";
import { SparringError } from "../../errors.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import { LastUsed } from "../../store/last-used.ts";
import { layout } from "../../store/layout.ts";
import type { QueryRecord, RoundRecord, RunRecord } from "../../store/records.ts";
import { RoundSeries } from "../../store/round-series.ts";
import type { Store } from "../../store/store.ts";
import type { Reading } from "./reading.ts";
import { sixDigits } from "./six-digits.ts";
import { TokenTexts } from "./token-texts.ts";

/** The columns of so many runs are kept: those of 10,000 rounds with 45 metrics take about 4 MB. */
const keptSeries = 8;

/** All that there is to read of a round. */
export interface RoundFacts {
  readonly run: string;
  /** The run's. */
  readonly name: string;
  /** Whether its rewards are a verifier's, and so right or wrong. */
  readonly verified: boolean;
  /** The run's. */
  readonly config: Config;
  /** The run's; absent in runs of earlier versions. */
  readonly judges?: RunRecord["judges"];
  readonly record: RoundRecord;
  readonly queries: readonly QueryRecord[];
}

/** Rounds as an editor shows them: columns for charts, everything of one for a document, tokens as texts. */
export class RoundViews {
  readonly #store: Store;
  readonly #reading: Reading;
  readonly #series = new LastUsed<RoundSeries>(keptSeries);
  readonly #texts: TokenTexts;

  constructor(store: Store, reading: Reading) {
    this.#store = store;
    this.#reading = reading;
    this.#texts = new TokenTexts(store.home);
  }

  /** Metrics as columns, to six digits, and alarms. @throws SparringError `store/unknown-run`, `store/corrupt-rounds` */
  async series({
    run,
    metrics,
    after,
  }: ValidParamsOf<"sparring/round/series">): Promise<ResultOf<"sparring/round/series">> {
    const { rounds, columns, alarms } = await (await this.#columnsOf(run)).read(metrics, after);
    const series = Object.entries(columns).map(([metric, values]) => [
      metric,
      values.map((value) => value && sixDigits(value)),
    ]);
    return { rounds, series: Object.fromEntries(series), alarms };
  }

  /** The rounds that were played: the first one of a run is the state before training. @throws SparringError as `series` */
  async played(run: string): Promise<readonly number[]> {
    return (await (await this.#columnsOf(run)).read([])).rounds.slice(1);
  }

  /**
   * Tells one playing of a round from another, without reading it; undefined where its samples are not there. A round that is played
   * again gets a new file of samples, after the former round's record is gone and before its own is there.
   * @throws SparringError `store/unknown-run`
   */
  async version({ run, round }: { readonly run: string; readonly round: number }): Promise<string | undefined> {
    const stamp = await this.#store.stampOfSamples(run, round);
    return stamp && `${stamp.inode} ${stamp.modified} ${stamp.bytes}`;
  }

  /** @throws SparringError `store/unknown-run`, `run/no-such-round`, `store/no-samples`, `store/corrupt-samples` */
  async facts({ run, round }: { readonly run: string; readonly round: number }): Promise<RoundFacts> {
    const [record] = (await this.#store.readRoundsAfter(run, round - 1, 1)).rounds;
    if (record?.round !== round) throw noSuchRound(run, round, layout.rounds(this.#store.dir(run)));
    const { name, config: stored, judges } = await this.#store.readRun(run);
    const config = resolveConfig(stored);
    const verified = config.judge.reward.kind === "verifier";
    return { run, name, verified, config, judges, record, queries: await this.#store.readSamples(run, round) };
  }

  /** A query's tokens and those of its answers, as pieces of text. @throws SparringError as `Reading.query` and `TokenTexts` */
  async tokens({
    run,
    round,
    query,
  }: ValidParamsOf<"sparring/round/tokens">): Promise<ResultOf<"sparring/round/tokens">> {
    const { tokens, answers } = await this.#reading.query(run, round, query);
    const record = await this.#store.readRun(run);
    const pieces = await this.#texts.of(record, resolveConfig(record.config));
    return { query: pieces(tokens), answers: answers.map((answer) => pieces(answer.tokens)) };
  }

  async #columnsOf(run: string): Promise<RoundSeries> {
    const dir = await this.#store.existingDir(run);
    return this.#series.get(run, () => new RoundSeries(this.#store.fs, dir));
  }
}

function noSuchRound(run: string, round: number, place: string): SparringError {
  return new SparringError(
    "run/no-such-round",
    `Run "${run}" has not finished a round ${round}.`,
    "Choose one that `sparring show` lists, or wait for it.",
    { place },
  );
}
