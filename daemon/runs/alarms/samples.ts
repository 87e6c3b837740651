import { asksForCode, looksLikeCode } from "../../selfplay/code-style.ts";
import { bigramDistance } from "../../selfplay/diversity.ts";
import { bigramRepetition, isRepetitive } from "../../selfplay/repetition.ts";
import { mean } from "../../selfplay/statistics.ts";
import type { AlarmKind, AlarmRecord, AnswerRecord, QueryRecord } from "../../store/records.ts";
import type { Reading } from "./rules.ts";

type Sample = AlarmRecord["samples"][number];

/** A sample, and how clearly it shows the alarm. */
interface Candidate extends Sample {
  readonly weight: number;
}

/** An alarm names so many samples. */
const mostSamples = 5;

/** Each query is compared with so many others: pairs grow quadratically. */
const mostCompared = 64;

/**
 * The samples of a round that show an alarm best, the clearest first; none where the round has none. A model that is sure of itself
 * draws the same answer many times: it is named once.
 */
export function samplesOf(kind: AlarmKind, reading: Reading, queries: readonly QueryRecord[]): Sample[] {
  const byIndex = new Map(queries.map((query) => [query.index, query]));
  const named = new Set<string>();
  const isNew = ({ query, answer }: Sample): boolean => {
    if (answer === undefined) return true;
    const { text, answers } = byIndex.get(query)!;
    const both = JSON.stringify([text, answers[answer]!.text]);
    const isFirst = !named.has(both);
    named.add(both);
    return isFirst;
  };
  return candidatesOf(kind, reading, queries)
    .toSorted((a, b) => b.weight - a.weight)
    .filter(isNew)
    .slice(0, mostSamples)
    .map(({ query, answer }) => (answer === undefined ? { query } : { query, answer }));
}

function candidatesOf(kind: AlarmKind, reading: Reading, queries: readonly QueryRecord[]): Candidate[] {
  switch (kind) {
    case "kl":
      return reading.role === "challenger" ? ofQueries(queries, driftOf) : ofAnswers(queries, driftOf);
    case "length": {
      const weigh = ({ tokens }: Drawn): number => (reading.isMore ? tokens.length : -tokens.length);
      return reading.role === "challenger" ? ofQueries(queries, weigh) : ofAnswers(queries, weigh);
    }
    case "repetition":
      return ofAnswers(queries, ({ tokens }) => (isRepetitive(tokens) ? bigramRepetition(tokens) : undefined));
    case "diversity": {
      const admitted = queries.filter((query) => query.admitted).slice(0, mostCompared);
      return ofQueries(admitted, (query) => {
        const others = admitted.filter((other) => other !== query);
        const distance = mean(others.flatMap(({ text }) => bigramDistance([query.text, text]) ?? []));
        return distance === null ? undefined : -distance;
      });
    }
    case "style":
      return ofAnswers(queries, ({ text }, query) => (looksLikeCode(text) && !asksForCode(query.text) ? 0 : undefined));
    case "judge":
      return ofAnswers(
        queries,
        reading.metric === "solver/self_reward" ? overrated : ({ reward }) => reward ?? undefined,
      );
    case "contrast":
      return ofQueries(queries, ({ answers }) => {
        const isFlat = answers.length > 0 && answers.every(({ advantage }) => advantage === 0);
        return isFlat ? answers.length : undefined;
      });
    case "unscored":
      return ofAnswers(queries, ({ unscored }) => (unscored === undefined ? undefined : 0));
    case "admission":
      return ofQueries(queries, ({ admitted }) => (admitted ? undefined : 0));
  }
}

type Drawn = Pick<AnswerRecord, "tokens" | "logprobs" | "referenceLogprobs">;

/** Mean log-ratio to the reference, nat a token. */
function driftOf({ logprobs, referenceLogprobs }: Drawn): number | undefined {
  return mean(logprobs.map((logp, t) => logp - referenceLogprobs[t]!)) ?? undefined;
}

/** What the self-reward likes and R does not call good. */
function overrated({ reward, selfReward }: AnswerRecord): number | undefined {
  return reward !== null && reward < 0.5 ? (selfReward ?? undefined) : undefined;
}

function ofQueries(queries: readonly QueryRecord[], weigh: (query: QueryRecord) => number | undefined): Candidate[] {
  return queries.flatMap((query) => {
    const weight = weigh(query);
    return weight === undefined ? [] : [{ query: query.index, weight }];
  });
}

function ofAnswers(
  queries: readonly QueryRecord[],
  weigh: (answer: AnswerRecord, query: QueryRecord) => number | undefined,
): Candidate[] {
  return queries.flatMap((query) =>
    query.answers.flatMap((record, answer) => {
      const weight = weigh(record, query);
      return weight === undefined ? [] : [{ query: query.index, answer, weight }];
    }),
  );
}
