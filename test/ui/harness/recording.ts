import { readFileSync } from "node:fs";
import type { Method, ResultOf } from "../../../daemon/protocol.ts";

export interface RecordedRound {
  readonly queries: ResultOf<"sparring/round/get">["queries"];
  /** By the query's index. */
  readonly tokens: Readonly<Record<string, ResultOf<"sparring/round/tokens">>>;
}

/** What a daemon answered about one run. */
export interface Recording {
  readonly runs: ResultOf<"sparring/run/list">["runs"];
  readonly details: ResultOf<"sparring/run/get">;
  readonly ratings: ResultOf<"sparring/rating/list">["ratings"];
  readonly series: ResultOf<"sparring/round/series">;
  /** Samples of some rounds. */
  readonly rounds: Readonly<Record<string, RecordedRound>>;
}

/** 40 rounds of nano on additions, N 12 × G 6, and a fork of it at round 30: made by `record.ts`. */
export function additionRecording(): Recording {
  return readRecording("addition.json");
}

/** 60 rounds of SPIN on additions, three iterations of batches of 12: made by `record.ts`. */
export function spinRecording(): Recording {
  return readRecording("spin.json");
}

function readRecording(file: string): Recording {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")) as Recording;
}

/** Answers requests of the rounds panel from a recording. Rounds without samples have those of the nearest that has some. */
export class RecordedDaemon {
  recording: Recording;
  /** What was asked, in order. */
  readonly asked: { readonly method: Method; readonly params: unknown }[] = [];

  constructor(recording: Recording) {
    this.recording = recording;
  }

  answer(method: Method, params: unknown): unknown {
    this.asked.push({ method, params });
    const { runs, details, ratings, series } = this.recording;
    const {
      round = 0,
      query = 0,
      after = -1,
      from = 0,
    } = params as {
      round?: number;
      query?: number;
      after?: number;
      from?: number;
    };
    switch (method) {
      case "sparring/run/list":
        return { runs, next: null };
      case "sparring/run/get":
        return details;
      case "sparring/checkpoint/list":
        return { checkpoints: details.checkpoints };
      case "sparring/rating/list":
        return { ratings: ratings.slice(from), more: false };
      case "sparring/round/series":
        return laterThan(series, after);
      case "sparring/round/get":
        return { queries: round === 0 ? [] : this.#sample(round).queries, next: null };
      case "sparring/round/tokens":
        return this.#sample(round).tokens[query];
      default:
        throw new Error(`the recording has no answer to ${method}`);
    }
  }

  #sample(round: number): RecordedRound {
    const [nearest] = Object.keys(this.recording.rounds)
      .map(Number)
      .sort((a, b) => Math.abs(a - round) - Math.abs(b - round));
    return this.recording.rounds[nearest!]!;
  }
}

function laterThan({ rounds, series, alarms }: Recording["series"], after: number): Recording["series"] {
  const first = rounds.findIndex((round) => round > after);
  const from = first < 0 ? rounds.length : first;
  return {
    rounds: rounds.slice(from),
    series: Object.fromEntries(Object.entries(series).map(([metric, values]) => [metric, values.slice(from)])),
    alarms: alarms.filter(({ round }) => round > after),
  };
}
