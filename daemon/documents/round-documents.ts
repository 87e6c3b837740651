import { LastUsed } from "../store/last-used.ts";
import { type RoundDocument, roundDocument } from "./round-document.ts";
import type { RoundFacts } from "./round-head.ts";

/** Where rounds are read. Both may throw what the store throws. */
export interface RoundSource {
  /** Another one each time that the round is played; undefined where it was not. Asked each time, so it has to be cheap. */
  version(run: string, round: number): Promise<string | undefined>;
  facts(run: string, round: number): Promise<RoundFacts>;
}

/** Rounds that are open in editors are asked about again and again; more than these are read anew. */
const keptDocuments = 4;

/** Renders rounds, and keeps the last few. A round that was played again, after a crash, is rendered again. */
export class RoundDocuments {
  readonly #source: RoundSource;
  readonly #kept = new LastUsed<Promise<RoundDocument>>(keptDocuments);

  constructor(source: RoundSource) {
    this.#source = source;
  }

  /** @throws SparringError of the store, for a round that is not there */
  async get(run: string, round: number): Promise<RoundDocument> {
    const key = `${run}/${round} of ${await this.#source.version(run, round)}`;
    const document = this.#kept.get(key, () => this.#render(run, round));
    // A file that has to be mended may be whole the next time.
    document.catch(() => this.#kept.forget(key));
    return document;
  }

  async #render(run: string, round: number): Promise<RoundDocument> {
    return roundDocument(await this.#source.facts(run, round));
  }
}
