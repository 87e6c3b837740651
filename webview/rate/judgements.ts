import type { ResultOf } from "../../daemon/protocol.ts";

/** What the judges gave an answer. */
export interface Judgement {
  /** R, the verifier's or the reward model's. */
  readonly reward: number | null;
  /** R_Q, 0 to 7. */
  readonly selfReward: number | null;
  readonly criteria: readonly (0 | 1)[] | undefined;
  readonly rationale: string | undefined;
  readonly unscored: string | undefined;
  /** What a verifier expects. */
  readonly expected: string | undefined;
}

/** An answer of the run. */
export interface AnswerPlace {
  readonly round: number;
  readonly query: number;
  readonly answer: number;
}

type Page = ResultOf<"sparring/round/get">;

/**
 * Reads what the judges gave answers that a rater has already rated, one request at a time and the last wanted first. Of what a
 * round's page brings, only the wanted answers are kept.
 */
export class Judgements {
  readonly #ask: (round: number, from: number) => Promise<Page>;
  readonly #changed: () => void;
  /** null: the run has no such answer any more. */
  readonly #known = new Map<string, Judgement | null>();
  #wanted: AnswerPlace[] = [];
  #isReading = false;
  #isClosed = false;

  constructor(ask: (round: number, from: number) => Promise<Page>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** Undefined while it is not read; null where there is none. */
  of(place: AnswerPlace): Judgement | null | undefined {
    return this.#known.get(nameOf(place));
  }

  /** How many wanted answers are not read yet. */
  get missing(): number {
    return this.#wanted.length;
  }

  /** Reads these too, before those that were wanted earlier. What could not be read before is tried again. */
  want(places: readonly AnswerPlace[]): void {
    const names = new Set(places.map(nameOf));
    const earlier = this.#wanted.filter((place) => !names.has(nameOf(place)));
    this.#wanted = [...earlier, ...places.filter((place) => !this.#known.has(nameOf(place)))];
    void this.#read();
  }

  close(): void {
    this.#isClosed = true;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#wanted.length > 0 && !this.#isClosed) await this.#readRound(this.#wanted.at(-1)!.round);
    } catch {
      // The connection broke, or the round is gone: the count of what is missing says so, and `want` tries again.
    } finally {
      this.#isReading = false;
    }
  }

  /** Reads the wanted answers of a round from the first wanted query on. */
  async #readRound(round: number): Promise<void> {
    const wanted = this.#wanted.filter((place) => place.round === round);
    const last = Math.max(...wanted.map(({ query }) => query));
    let from: number | null = Math.min(...wanted.map(({ query }) => query));
    while (from !== null && from <= last) {
      const page: Page = await this.#ask(round, from);
      for (const place of wanted) {
        const judgement = judgementOf(page, place);
        if (judgement) this.#known.set(nameOf(place), judgement);
      }
      from = page.next;
    }
    for (const place of wanted) if (!this.#known.has(nameOf(place))) this.#known.set(nameOf(place), null);
    this.#wanted = this.#wanted.filter((place) => !this.#known.has(nameOf(place)));
    if (!this.#isClosed) this.#changed();
  }
}

function judgementOf({ queries }: Page, place: AnswerPlace): Judgement | undefined {
  const query = queries.find(({ index }) => index === place.query);
  const answer = query?.answers[place.answer];
  if (!query || !answer) return undefined;
  const { reward, selfReward, criteria, rationale, unscored } = answer;
  return { reward, selfReward, criteria, rationale, unscored, expected: query.expected };
}

function nameOf({ round, query, answer }: AnswerPlace): string {
  return `${round}/${query}/${answer}`;
}
