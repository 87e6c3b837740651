import type { QueryRecord, RoundRecord } from "../store/records.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { Phase } from "./events.ts";
import type { SelfPlayGame } from "./game.ts";
import { requireFinite } from "./not-finite.ts";
import { challenge } from "./phases/challenge.ts";
import { judge } from "./phases/judge.ts";
import { learn, learnOffPolicy, measureLogprobs, sampledLogprobs, sequencesOf } from "./phases/learn.ts";
import type { PhaseOptions } from "./phases/players.ts";
import { recordOf, recordsOf } from "./phases/record.ts";
import { solve } from "./phases/solve.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What a finished round leaves to be made durable. The engine already has the new weights. */
export interface FinishedRound {
  readonly record: Omit<RoundRecord, "recovery">;
  readonly queries: readonly QueryRecord[];
}

/** How a round tells its progress and learns of its cancellation. */
export interface RoundOptions {
  readonly signal?: AbortSignal;
  readonly onProgress: (phase: Phase, done: number, total: number) => void;
  /** Milliseconds of a clock that never goes back, and stands still while the run is paused. */
  readonly now: () => number;
  /** Resolves when weights may change: the round before has been saved. */
  readonly weightsAreFree: Promise<unknown>;
}

/**
 * One round of the game. Weights change at its end: cancelled or failed before, it leaves no trace but an unfinished
 * gradient, which `engine.discard()` clears. (With several updates a round they change from the first one on, so a round cut
 * off between two is undone by going back to the last saved state.)
 */
export async function playRound(game: SelfPlayGame, round: number, options: RoundOptions): Promise<FinishedRound> {
  const { algorithm, settings, config } = game;
  const watch = new Stopwatch(options.now);
  const during = (phase: Phase): PhaseOptions => {
    watch.start(phase);
    options.onProgress(phase, 0, 1);
    const onProgress = (done: number, total: number): void => options.onProgress(phase, done, total);
    return options.signal ? { signal: options.signal, onProgress } : { onProgress };
  };

  // The Challenger writes N queries; the Solver answers each admitted one G times; both rewards are measured.
  const queries = await challenge(game, round, during("challenge"));
  const answers = await solve(game, round, queries, during("solve"));
  const { judged, scores, judgeMetrics } = await judge(game, queries, answers, during("judge"));
  const advantages = algorithm.advantages(scores, settings);

  // How likely was all this to the policy that wrote it, and to the reference?
  const sequences = sequencesOf(queries, answers);
  const current = sampledLogprobs(queries, answers);
  const reference = await measureLogprobs(game, sequences, current, "reference", during("reference"));
  requireFinite(current, reference);

  // dL/dlogp of every token, then one step along −∇L (or several, with clipped ratios).
  const truncated = answers.map((row) => row.map(({ completion }) => completion.stop === "length"));
  during("record");
  await options.weightsAreFree;
  const update = during("update");
  const step =
    settings.updatesPerRound > 1
      ? await learnOffPolicy(game, round, sequences, scores, advantages, current, reference, truncated, update)
      : await learn(
          game,
          round,
          sequences,
          algorithm.coefficients(scores, advantages, current, reference, settings, truncated),
          update,
        );

  const due = round % config.eval.every === 0 || round === config.game.rounds;
  const evaluation: Evaluation | undefined = due ? await evaluate(game, during("evaluate")) : undefined;

  during("record");
  const drawn = { queries, answers, judged, judgeMetrics, scores, advantages, current, reference };
  const record = recordOf(game, round, drawn, step, evaluation, watch);
  return { record, queries: recordsOf(game, drawn) };
}
