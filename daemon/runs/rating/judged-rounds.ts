import type { JudgedAnswer } from "../../judge/agreement/cases.ts";
import { queryKind } from "../../judge/agreement/query-kind.ts";
import { onScale, type ScoreRange } from "../../judge/agreement/scale.ts";
import { doubtOf } from "../../judge/agreement/strata.ts";
import { LastUsed } from "../../store/last-used.ts";
import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import { rewardRange } from "./reward-range.ts";

/** What the judges said in so many rounds is kept; a round of 64 answers takes some 10 kB. */
const keptRounds = 512;

/** How the judges took the answers of rounds: read from the samples once, and kept without texts and tokens. */
export class JudgedRounds {
  readonly #store: Store;
  readonly #kept = new LastUsed<{ readonly stamp: string; readonly answers: Promise<readonly JudgedAnswer[]> }>(
    keptRounds,
  );

  constructor(store: Store) {
    this.#store = store;
  }

  /** The answers of a round. @throws SparringError `store/unknown-run`, `store/no-samples`, `store/corrupt-samples` */
  async of(run: string, round: number): Promise<readonly JudgedAnswer[]> {
    const key = `${run}/${round}`;
    const found = await this.#store.stampOfSamples(run, round);
    const stamp = found ? `${found.inode} ${found.modified} ${found.bytes}` : "";
    const read = (): { readonly stamp: string; readonly answers: Promise<readonly JudgedAnswer[]> } => {
      const answers = this.#read(run, round);
      // A file that has to be mended may be there the next time.
      answers.catch(() => this.#kept.forget(key));
      return { stamp, answers };
    };
    const kept = this.#kept.get(key, read);
    if (kept.stamp === stamp) return kept.answers;
    // The round was played again.
    this.#kept.forget(key);
    return this.#kept.get(key, read).answers;
  }

  async #read(run: string, round: number): Promise<readonly JudgedAnswer[]> {
    const record = await this.#store.readRun(run);
    const judge = { range: rewardRange(record), hasSelfReward: record.judges?.selfReward !== undefined };
    return judgedAnswers(round, await this.#store.readSamples(run, round), judge);
  }
}

/** Whose scores agreement is computed from. */
export interface ComparedJudge {
  /** Of the rewards. */
  readonly range: ScoreRange;
  /** An answer without its self-reward has no score then: the reward is another judge's. Runs of earlier versions don't say so. */
  readonly hasSelfReward: boolean;
}

const verifierAlone: ComparedJudge = { range: { low: 0, high: 1 }, hasSelfReward: false };

/** How the judges took the answers of a round's queries. */
export function judgedAnswers(
  round: number,
  queries: readonly QueryRecord[],
  judge: ComparedJudge = verifierAlone,
): JudgedAnswer[] {
  return queries.flatMap(({ index: query, text, expected, answers }) => {
    const kind = queryKind(text, expected !== undefined);
    return answers.map((answer, index): JudgedAnswer => {
      const { criteria, probabilities } = answer;
      const doubt = doubtOf(scoresOf(answer, judge.range), probabilities);
      return { round, query, answer: index, kind, score: scoreOf(answer, judge), criteria, doubt };
    });
  });
}

/** The judge's score on the scale 0–7: the self-reward, or where the run has none the reward. */
function scoreOf({ selfReward, reward }: AnswerRecord, { range, hasSelfReward }: ComparedJudge): number | null {
  if (selfReward !== null || hasSelfReward) return selfReward;
  return reward === null ? null : onScale(reward, range, 7);
}

/** What all who scored an answer gave it, on the scale 0–1: of an ensemble its members, each in its own range. */
function scoresOf({ selfReward, reward, parts }: AnswerRecord, range: ScoreRange): number[] {
  const rewards = parts
    ? parts.flatMap(({ value, low = null, high = null }) => (value === null ? [] : [onScale(value, { low, high }, 1)]))
    : reward === null
      ? []
      : [onScale(reward, range, 1)];
  return selfReward === null ? rewards : [...rewards, selfReward / 7];
}
