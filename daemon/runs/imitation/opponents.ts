import { mkdir, rm } from "node:fs/promises";
import type { Engine, PolicyId } from "../../engine/engine.ts";
import { layout } from "../../store/layout.ts";
import { linkTree } from "../origin.ts";
import { type ImitationState, opponentDir } from "./state.ts";

/** The policy as it was at the start of an iteration. */
export interface Opponent {
  readonly iteration: number;
  /** The iteration's first round: keys the opponent's answers. */
  readonly first: number;
  readonly policy: PolicyId;
}

/**
 * The opponents of a run: of the iteration under way, and of the one before where its answers are mixed in. Each is a policy in the
 * engine and, since an engine saves its current weights only, files that were saved when these were the opponent's; every
 * state of the run has links to them.
 */
export class Opponents {
  readonly #engine: Engine;
  readonly #dir: string;
  #held: readonly Opponent[] = [];

  /** @param dir the run's folder, in which the files lie while it trains */
  constructor(engine: Engine, dir: string) {
    this.#engine = engine;
    this.#dir = dir;
  }

  /** The oldest first. */
  get held(): readonly Opponent[] {
    return this.#held;
  }

  /**
   * Freezes the current weights as an iteration's opponent, and lets those go that it does not keep. Nobody may be saving meanwhile.
   * @param isReference the current weights are still those of the stage's start, so that the reference has them
   * @param kept opponents before it that are needed, counted from the newest
   */
  async begin(iteration: number, first: number, isReference: boolean, kept: number): Promise<void> {
    const gone = this.#held.slice(0, Math.max(0, this.#held.length - kept));
    for (const { iteration: old, policy } of gone) {
      if (policy !== "reference") await this.#engine.release(policy);
      await rm(opponentDir(this.#dir, old), { recursive: true, force: true });
    }
    if (!isReference) {
      const files = opponentDir(this.#dir, iteration);
      await rm(files, { recursive: true, force: true });
      await mkdir(files, { recursive: true });
      await this.#engine.save(files);
    }
    const policy = isReference ? "reference" : await this.#engine.snapshot();
    this.#held = [...this.#held.slice(gone.length), { iteration, first, policy }];
  }

  /** Takes over the opponents of a saved state. Leaves the last one's weights as the current ones. */
  async restore(dir: string, saved: ImitationState["opponents"]): Promise<void> {
    await this.close();
    const held: Opponent[] = [];
    for (const { iteration, first, isReference } of saved) {
      const files = opponentDir(this.#dir, iteration);
      if (!isReference) {
        await linkTree(opponentDir(dir, iteration), files);
        await this.#engine.load(files);
      }
      held.push({ iteration, first, policy: isReference ? "reference" : await this.#engine.snapshot() });
    }
    this.#held = held;
  }

  /** Puts opponents into a state's folder. @returns what its imitation.json says of them */
  async save(folder: string, held: readonly Opponent[]): Promise<ImitationState["opponents"]> {
    for (const { iteration, policy } of held) {
      if (policy !== "reference") await linkTree(opponentDir(this.#dir, iteration), opponentDir(folder, iteration));
    }
    return held.map(({ iteration, first, policy }) => ({ iteration, first, isReference: policy === "reference" }));
  }

  /** Removes the files; saved states have their own links. */
  async close(): Promise<void> {
    await rm(layout.opponents(this.#dir), { recursive: true, force: true });
  }
}
