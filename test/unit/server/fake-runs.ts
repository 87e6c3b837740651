import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import type { RunOverview } from "../../../daemon/protocol.ts";
import type { Errand } from "../../../daemon/runs/interactive/errand.ts";
import type { RunControl } from "../../../daemon/server/run-control.ts";

export const overview: RunOverview = {
  id: "r",
  name: "R",
  state: "running",
  since: "2026-01-01T00:00:00.000Z",
  createdAt: "2026-01-01T00:00:00.000Z",
  algorithm: "lsp",
  task: "addition",
  model: "nano",
  seed: 0,
  round: 1,
  rounds: 10,
  accuracy: null,
  ratings: 0,
};

const notFaked = async (): Promise<never> => {
  throw new Error("no test of the socket asks for this");
};

/** Runs without an engine: one run `r`, whose verbs do what a test needs of them. */
export class FakeRuns implements RunControl {
  readonly active: string[] = [];
  /** Chats that were begun. */
  chats = 0;
  /** Chats that were cancelled while they went on. */
  cancelled = 0;
  /** Length of each line of a log. */
  lineLength = 10;
  readonly #listeners = new Map<string, Set<(news: never) => void>>();

  readonly start = async (): Promise<RunOverview> => overview;
  readonly fork = this.start;
  readonly pause = this.start;
  readonly resume = this.start;
  readonly stop = this.start;
  readonly list = async (): Promise<never> => {
    throw new TypeError("a bug at /home/ada/secret.ts:1:1");
  };
  readonly get = async (): Promise<never> => {
    throw new SparringError("store/unknown-run", "There is no such run.", "Look with `sparring list`.");
  };
  readonly log = async (): Promise<{ lines: string[]; file: string }> => ({
    lines: ["x".repeat(this.lineLength)],
    file: "log.txt",
  });
  readonly rounds = async (): Promise<{ rounds: []; more: boolean }> => ({ rounds: [], more: false });
  readonly round = async (): Promise<{ queries: []; next: null }> => ({ queries: [], next: null });
  readonly checkpoints = async (): Promise<{ checkpoints: [] }> => ({ checkpoints: [] });
  /** Never answers, until it is cancelled. */
  readonly chat = (_params: unknown, signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      this.chats++;
      signal.addEventListener("abort", () => {
        this.cancelled++;
        reject(new AbortedError("chat"));
      });
    });
  readonly replay = this.chat;
  readonly evaluate = (params: unknown, { signal }: Errand): Promise<never> => this.chat(params, signal);
  readonly exportWeights = this.evaluate;
  readonly exportSamples = this.evaluate;
  readonly rate = async (): Promise<{ ratings: number }> => ({ ratings: 1 });
  readonly unrate = async (): Promise<{ ratings: number }> => ({ ratings: 0 });
  readonly ratings = async (): Promise<{ ratings: []; more: boolean }> => ({ ratings: [], more: false });

  readonly agree = notFaked;
  readonly nextSamples = notFaked;
  readonly agreement = notFaked;
  readonly drafts = { check: notFaked, text: notFaked, changes: notFaked, estimate: notFaked };
  readonly views = { series: notFaked, tokens: notFaked, version: notFaked, facts: notFaked };
  readonly comparisons = { compare: notFaked, pick: notFaked, unpick: notFaked, picks: notFaked };

  readonly overview = async (): Promise<RunOverview> => overview;
  readonly progress = (): undefined => undefined;
  readonly activeRuns = (): readonly string[] => this.active;
  readonly device = (): { name: string; training: null; waiting: number } => ({
    name: "cpu",
    training: null,
    waiting: 0,
  });

  on(event: string, listener: (news: never) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(event: "changed" | "progress" | "ratings", news: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(news as never);
  }
}
