import type { CallOptions, GradientOf, PolicyId } from "../../engine/engine.ts";
import type { ResponseLogprob, UnitLoss } from "../../selfplay/imitation.ts";
import { denominatorOf, gradientOf, type StepResponse, skipOf, unitIndices } from "../../selfplay/imitation-step.ts";
import { mean } from "../../selfplay/statistics.ts";
import { evaluate } from "../evaluate.ts";
import type { ImitationGame } from "../game.ts";
import { requireFinite } from "../not-finite.ts";
import type { PhaseOptions } from "../phases/players.ts";
import { evaluationMetrics } from "../phases/record.ts";
import type { RoundOptions } from "../round.ts";
import { adamOf } from "../schedule.ts";
import type { Batch } from "./batches.ts";
import type { OpenedData } from "./data.ts";
import type { Iteration } from "./iterations.ts";
import type { Opponent } from "./opponents.ts";
import type { MeasuredRound } from "./records.ts";
import { lrAt, settingsAt } from "./settings.ts";
import { drawUnits, realSequences, sequencesOf, type Unit } from "./units.ts";

/** Makes a phase of the round under way, and tells its progress. */
export type During = (phase: "solve" | "reference" | "record" | "update" | "evaluate") => PhaseOptions;

/** Where in its iteration a round is, and whom it has. */
export interface RoundPlace {
  readonly iteration: Iteration;
  readonly batch: Batch;
  /** The oldest first: that of the iteration before, where its answers are mixed in, and that of this one. */
  readonly opponents: readonly Opponent[];
}

/**
 * One optimizer step of an imitation: a batch of units is completed with the opponents' answers, measured under the loss's
 * reference, and differentiated.
 */
export async function playImitationRound(
  game: ImitationGame,
  data: OpenedData,
  round: number,
  { iteration, batch, opponents }: RoundPlace,
  { weightsAreFree }: Pick<RoundOptions, "weightsAreFree">,
  during: During,
): Promise<MeasuredRound> {
  const { algorithm, engine, config } = game;
  const settings = settingsAt(config, iteration.iteration);
  const { temperature } = config.solver;

  // Records of the data; beside them what the policy wrote at the start of this iteration, or of the one before.
  const authorOf = (place: number): Opponent => opponents.at(place % 2 === 1 ? 0 : -1)!;
  const units = await drawUnits(game, data.dataset, batch.records, authorOf, during("solve"));
  const sequences = sequencesOf(units);

  // How likely was all this to π_ref?
  const policy = referenceOf(game, opponents);
  const reference = policy && (await engine.logprobs(sequences, { ...during("reference"), policy, temperature }));
  requireFinite(noLogprobs, { answers_NGT: [reference ?? []], queries_NT: [] });

  // dL/dlogp of every answer, from log-probabilities of that moment, then one step along −∇L.
  const steps = stepResponses(units, reference);
  const measured: { response_R: readonly ResponseLogprob[]; loss: UnitLoss }[] = [];
  const denominator = denominatorOf(algorithm, steps);
  const gradient = gradientOf(algorithm, settings, steps, denominator, (unit, response_R, loss) => {
    measured[unit] = { response_R, loss };
  });
  const logprobs: Float32Array[] = [];
  const remembered: GradientOf = (rows, indices) => {
    // Copies: the rows are the engine's.
    for (const [i, index] of indices.entries()) logprobs[index] = rows[i]!.slice();
    return gradient(rows, indices);
  };
  during("record");
  await weightsAreFree;
  const update = { ...during("update"), temperature };
  await engine.updateUnits(sequences, unitIndices(steps), remembered, update);
  const lr = lrAt(config, iteration.iteration);
  const adam = adamOf(config, round, lr);
  const step = await engine.step(adam);

  const rowsOf = (rows: readonly Float32Array[], unit: number): Float32Array[] =>
    rows.slice(unit * algorithm.roles.length, (unit + 1) * algorithm.roles.length);
  return {
    iteration,
    epoch: batch.epoch,
    units: units.map((unit, i) => ({
      unit,
      logp_RT: rowsOf(logprobs, i),
      reference_RT: reference ? rowsOf(reference, i) : null,
      ...measured[i]!,
      skip: skipOf(algorithm, steps[i]!, settings),
    })),
    settings,
    lr: adam.lr,
    opponents: opponents.length,
    step,
  };
}

const noLogprobs = { answers_NGT: [], queries_NT: [] };

/** The policy behind π_ref of the loss; undefined where it has none. */
function referenceOf({ algorithm }: ImitationGame, opponents: readonly Opponent[]): PolicyId | undefined {
  switch (algorithm.reference) {
    case "opponent":
      return opponents.at(-1)!.policy;
    case "initial":
      return "reference";
    case "none":
      return undefined;
  }
}

/** The units as the gradient knows them. */
function stepResponses(units: readonly Unit[], reference: readonly Float32Array[] | undefined): StepResponse[][] {
  let next = 0;
  return units.map(({ answer_R }) =>
    answer_R.map(({ tokens, stop }) => {
      const reference_T = reference?.[next] ?? null;
      next++;
      return { response: tokens, truncated: stop === "length", reference_T };
    }),
  );
}

/**
 * What is measured of the weights as they are: held-out accuracy where the game has tasks, and `eval/real_logprob`, the mean
 * log-probability of a token of the held-out records' real answers, nat; absent where no record is held out.
 */
export async function measureWeights(
  game: ImitationGame,
  data: OpenedData,
  options: CallOptions,
): Promise<Record<string, number>> {
  const { engine, config } = game;
  const { heldOut } = data.split;
  const accuracy = evaluationMetrics(await evaluate(game, options));
  if (heldOut.length === 0) return accuracy;
  const { signal } = options;
  const rows = await engine.logprobs(await realSequences(game, data.dataset, heldOut), {
    ...(signal && { signal }),
    policy: "current",
    temperature: config.solver.temperature,
  });
  return { ...accuracy, "eval/real_logprob": mean(rows.flatMap((row) => Array.from(row)))! };
}
