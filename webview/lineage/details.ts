import type { ResultOf } from "../../daemon/protocol.ts";
import type { Host } from "../shared/messages.ts";
import { changesOf, type RunDetails } from "./family.ts";

/** Requests under way at once: a window of many runs must not fill the daemon's queue. */
const atOnce = 4;

/**
 * Reads the details of runs, a few at a time, in the order in which they are wanted. A run that is wanted while it is being
 * read is read once more afterwards.
 */
export class DetailReader {
  readonly #read: (run: string) => Promise<RunDetails>;
  readonly #found: (run: string, details: RunDetails) => void;
  readonly #wanted = new Set<string>();
  readonly #reading = new Set<string>();
  #isClosed = false;

  constructor(read: (run: string) => Promise<RunDetails>, found: (run: string, details: RunDetails) => void) {
    this.#read = read;
    this.#found = found;
  }

  want(runs: readonly string[]): void {
    for (const run of runs) this.#wanted.add(run);
    this.#start();
  }

  close(): void {
    this.#isClosed = true;
  }

  #start(): void {
    for (const run of this.#wanted) {
      if (this.#isClosed || this.#reading.size >= atOnce) return;
      if (this.#reading.has(run)) continue;
      this.#wanted.delete(run);
      this.#reading.add(run);
      void this.#readOne(run);
    }
  }

  async #readOne(run: string): Promise<void> {
    try {
      const details = await this.#read(run);
      if (!this.#isClosed) this.#found(run, details);
    } catch {
      // A run that can't be read is drawn from its overview alone; the next change of it tries again.
    }
    this.#reading.delete(run);
    this.#start();
  }
}

/** Checkpoints, changed settings and held-out accuracy of a run. */
export async function readDetails(host: Host, run: string): Promise<RunDetails> {
  const [{ checkpoints, lineage }, { rounds, series }] = await Promise.all([
    host.ask("sparring/run/get", { run }),
    host.ask("sparring/round/series", { run, metrics: [accuracyMetric] }),
  ]);
  const values = series[accuracyMetric] ?? [];
  return {
    checkpoints: checkpoints.map(({ round, bytes }) => ({ round, bytes })),
    changes: changesOf(lineage?.changes ?? {}),
    accuracy: rounds.flatMap((round, index) => {
      const value = values[index];
      return value === null || value === undefined ? [] : [{ round, value }];
    }),
  };
}

const accuracyMetric = "eval/accuracy";

/** All runs, the newest first. */
export async function readRuns(host: Host, signal: AbortSignal): Promise<ResultOf<"sparring/run/list">["runs"]> {
  const runs: ResultOf<"sparring/run/list">["runs"] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page: ResultOf<"sparring/run/list"> = await host.ask(
      "sparring/run/list",
      after === undefined ? {} : { after },
      { signal },
    );
    runs.push(...page.runs);
    after = page.next;
  }
  return runs;
}
