import type { Progress, RunOverview } from "../../daemon/protocol.ts";
import type { Daemon } from "../daemon/daemon.ts";

/** Which iteration of an imitation a run is in, and how many there will be. */
export interface Iteration {
  readonly now: number;
  readonly of: number;
}

/** Algorithms whose policy becomes its own opponent, iteration by iteration. */
const iterated: ReadonlySet<string> = new Set(["spin", "spif", "spac"]);

const metric = "imitation/iteration";

/** Where the iterations of watched runs stand: asked of the daemon after a finished round, one question of a run at a time. */
export class Iterations {
  readonly #daemon: Daemon;
  readonly #known = new Map<string, Iteration>();
  readonly #asking = new Set<string>();

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** Undefined for a run without iterations, and until it is known. */
  of(run: string): Iteration | undefined {
    return this.#known.get(run);
  }

  /**
   * Asks where a run stands after the round that it has just finished.
   * @returns whether that is news
   */
  async follow({ id, algorithm }: RunOverview, { finished }: Progress): Promise<boolean> {
    if (!iterated.has(algorithm) || finished === null || this.#asking.has(id)) return false;
    this.#asking.add(id);
    try {
      const params = { run: id, metrics: [metric], after: finished - 1 };
      const now = (await this.#daemon.request("sparring/round/series", params)).series[metric]?.at(-1) ?? null;
      const before = this.#known.get(id);
      if (now === null || now === before?.now) return false;
      this.#known.set(id, { now, of: before?.of ?? (await this.#planned(id)) ?? now });
      return true;
    } finally {
      this.#asking.delete(id);
    }
  }

  /** How many iterations a run's config plans. */
  async #planned(run: string): Promise<number | undefined> {
    const { config } = await this.#daemon.request("sparring/run/get", { run });
    const { iterations } = (config.imitation ?? {}) as { readonly iterations?: unknown };
    return typeof iterations === "number" ? iterations : undefined;
  }
}

/** "iteration 2 of 3". */
export function iterationText({ now, of }: Iteration): string {
  return `iteration ${now} of ${of}`;
}
