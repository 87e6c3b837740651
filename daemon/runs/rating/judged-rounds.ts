import type { JudgedAnswer } from "../../judge/agreement/cases.ts";
import { queryKind } from "../../judge/agreement/query-kind.ts";
import { doubtOf } from "../../judge/agreement/strata.ts";
import { LastUsed } from "../../store/last-used.ts";
import type { AnswerRecord, QueryRecord } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";

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
      const answers = this.#store.readSamples(run, round).then((queries) => judgedAnswers(round, queries));
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
}

/** How the judges took the answers of a round's queries. */
export function judgedAnswers(round: number, queries: readonly QueryRecord[]): JudgedAnswer[] {
  return queries.flatMap(({ index: query, text, expected, answers }) => {
    const kind = queryKind(text, expected !== undefined);
    return answers.map((answer, index): JudgedAnswer => {
      const { reward, selfReward, criteria, probabilities } = answer;
      const doubt = doubtOf(reward, selfReward, probabilities);
      return { round, query, answer: index, kind, score: scoreOf(answer), criteria, doubt };
    });
  });
}

/** The judge's score on the scale 0–7: the self-reward, or else the reward, seven times as large. */
function scoreOf({ selfReward, reward }: AnswerRecord): number | null {
  if (selfReward !== null) return selfReward;
  return reward === null ? null : 7 * reward;
}
