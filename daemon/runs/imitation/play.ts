import type { CallOptions } from "../../engine/engine.ts";
import { regenerates } from "../../selfplay/imitation.ts";
import type { Phase } from "../events.ts";
import type { ImitationGame } from "../game.ts";
import type { PhaseOptions } from "../phases/players.ts";
import type { Play } from "../play.ts";
import type { FinishedRound, RoundOptions } from "../round.ts";
import { Stopwatch } from "../stopwatch.ts";
import { Batches } from "./batches.ts";
import type { OpenedData } from "./data.ts";
import { afterRound, type Iteration, isEnough, iterationOf, lastRound, plannedLast } from "./iterations.ts";
import { Opponents } from "./opponents.ts";
import { metricsOf, recordsOf } from "./records.ts";
import { measureWeights, playImitationRound } from "./round.ts";
import { partsOf, planOf } from "./settings.ts";
import { readState, writeState } from "./state.ts";

/**
 * Imitation of data. A round is one optimizer step on a batch of records. At the start of an iteration the policy is frozen: it
 * is the reference of the loss, and writes the generated answers until the next iteration begins. AdamW's moments go on from one
 * iteration to the next [ours: SPIN's code starts a fresh optimizer in each].
 *
 * In the papers all answers of an iteration are generated at its start. Here an answer is drawn when its record's batch comes,
 * from the frozen opponent and with noise keyed by the record: the same distribution, and in a second epoch the same answer.
 * SPIN trains on the pairs of an iteration together with those of the one before; here every other unit of a batch has an
 * answer of the opponent before (`imitation.mix_previous`), so that an epoch has each record once, not twice [ours].
 */
export class ImitationPlay implements Play {
  readonly warnings: readonly string[];
  readonly #game: ImitationGame;
  readonly #data: OpenedData;
  readonly #batches: Batches;
  readonly #opponents: Opponents;
  readonly #plan: ReturnType<typeof planOf>;
  /** Where the run stands after the round that was played last. */
  #at: { readonly round: number; readonly iteration: Iteration | undefined } = { round: 0, iteration: undefined };

  /** @param dir the run's folder */
  constructor(game: ImitationGame, data: OpenedData, dir: string) {
    const { config, algorithm, seed, engine } = game;
    this.#game = game;
    this.#data = data;
    this.warnings = data.warnings;
    this.#batches = new Batches(data.split.training, partsOf(config, algorithm), config.imitation.batch, seed);
    this.#opponents = new Opponents(engine, dir);
    this.#plan = planOf(config, algorithm);
  }

  lastRound(): number {
    const { round, iteration } = this.#at;
    return lastRound(round, iteration, this.#plan);
  }

  async restore(dir: string, round: number): Promise<void> {
    const state = await readState(dir);
    await this.#opponents.restore(dir, state?.opponents ?? []);
    await this.#game.engine.load(dir);
    this.#at = { round, iteration: state?.at };
  }

  measure(options: CallOptions): Promise<Record<string, number>> {
    return measureWeights(this.#game, this.#data, options);
  }

  async play(round: number, options: RoundOptions): Promise<FinishedRound> {
    const game = this.#game;
    const watch = new Stopwatch(options.now);
    const during = (phase: Phase): PhaseOptions => {
      watch.start(phase);
      options.onProgress(phase, 0, 1);
      const onProgress = (done: number, total: number): void => options.onProgress(phase, done, total);
      return options.signal ? { signal: options.signal, onProgress } : { onProgress };
    };

    const iteration = iterationOf(round, this.#at.iteration, this.#plan);
    if (iteration.first === round && regenerates(game.algorithm)) {
      during("record");
      await options.weightsAreFree;
      await this.#opponents.begin(iteration.iteration, round, this.#at.iteration === undefined, this.#kept);
    }
    const place = { iteration, batch: this.#batches.batchOf(round, iteration), opponents: this.#opponents.held };
    const played = await playImitationRound(game, this.#data, round, place, options, during);
    const metrics = metricsOf(game, played);
    const after = afterRound(iteration, metrics["imitation/rewards/accuracies"] ?? null, this.#plan);
    this.#at = { round, iteration: after };

    const isDue = round % game.config.eval.every === 0 || round === this.lastRound();
    const measured = isDue ? await this.measure(during("evaluate")) : {};
    during("record");
    const phases = watch.read();
    const seconds = Object.values(phases).reduce((sum, each) => sum + each, 0);
    const finishedAt = new Date().toISOString();
    const record = { round, finishedAt, seconds, phases, metrics: { ...metrics, ...measured }, notes: this.#notes() };
    return { record, queries: recordsOf(game, played) };
  }

  saver(): (folder: string) => Promise<void> {
    const { iteration: at } = this.#at;
    const { held } = this.#opponents;
    return async (folder) => {
      await this.#game.engine.save(folder);
      if (!at) return;
      const opponents = await this.#opponents.save(folder, held);
      await writeState(folder, { format: 1, at: { ...at, accuracies: [...at.accuracies] }, opponents });
    };
  }

  async close(): Promise<void> {
    await this.#opponents.close();
  }

  /** Opponents of earlier iterations that the one that begins needs. */
  get #kept(): number {
    const { config, algorithm } = this.#game;
    return algorithm.roles[0] === "real" && config.imitation.mix_previous ? 1 : 0;
  }

  /** Says that an iteration ended before its time. */
  #notes(): string[] {
    const { round, iteration } = this.#at;
    const { early, iterations } = this.#plan;
    if (!iteration || !early || !isEnough(iteration, this.#plan)) return [];
    const planned = plannedLast(iteration, this.#plan);
    if (round >= planned) return [];
    const what = `Iteration ${iteration.iteration} ends here, ${planned - round} rounds early: over its last ${early.window} rounds the accuracy of its implicit rewards reached ${early.accuracy}.`;
    return [iteration.iteration < iterations ? what : `${what} It is the run's last.`];
  }
}
