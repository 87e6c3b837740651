import type { PolicyId, Sequence, StepStats } from "../../engine/engine.ts";
import type { Advantages, RoundCoefficients, RoundLogprobs, RoundScores } from "../../selfplay/algorithm.ts";
import type { SelfPlayGame } from "../game.ts";
import { adamOf } from "../schedule.ts";
import type { Drawn, DrawnAnswer, DrawnQuery, PhaseOptions } from "./players.ts";

/** The round's sequences by role; both lists are flat, answers query by query. */
export interface RoundSequences {
  readonly answers: readonly Sequence[];
  readonly queries: readonly Sequence[];
}

/** Prompts and responses of a round, as the engine measures and trains them. */
export function sequencesOf(
  queries: readonly DrawnQuery[],
  answers: readonly (readonly DrawnAnswer[])[],
): RoundSequences {
  const sequence = ({ prompt, completion }: Drawn): Sequence => ({ prompt, response: completion.tokens });
  return {
    answers: answers.flat().map(sequence),
    queries: queries.flatMap(({ drawn }) => (drawn ? [sequence(drawn)] : [])),
  };
}

/** What the sampler measured while drawing: the policy that drew is the one that is trained. */
export function sampledLogprobs(
  queries: readonly DrawnQuery[],
  answers: readonly (readonly DrawnAnswer[])[],
): RoundLogprobs {
  return {
    answers_NGT: answers.map((row) => row.map(({ completion }) => completion.logprobs)),
    queries_NT: queries.flatMap(({ drawn }) => (drawn ? [drawn.completion.logprobs] : [])),
  };
}

/** The same tokens under another policy, in the layout of `like`. */
export async function measureLogprobs(
  game: SelfPlayGame,
  sequences: RoundSequences,
  like: RoundLogprobs,
  policy: PolicyId,
  options: PhaseOptions,
): Promise<RoundLogprobs> {
  const { engine, config } = game;
  const solver = { ...options, policy, temperature: config.solver.temperature };
  const challenger = { ...withoutProgress(options), policy, temperature: config.challenger.temperature };
  const answers = await engine.logprobs(sequences.answers, solver);
  const queries = await engine.logprobs(sequences.queries, challenger);
  let next = 0;
  return { answers_NGT: like.answers_NGT.map((row) => row.map(() => answers[next++])), queries_NT: queries };
}

/** One optimizer step along the coefficients' gradient, or several with clipped ratios where the config asks for it. */
export async function learn(
  game: SelfPlayGame,
  round: number,
  sequences: RoundSequences,
  coefficients: RoundCoefficients,
  options: PhaseOptions,
): Promise<StepStats> {
  const { engine, config } = game;
  const answers = withGradient(sequences.answers, coefficients.answers_NGT.flat());
  const queries = withGradient(sequences.queries, coefficients.queries_NT);
  await engine.update(answers.batch, answers.coefficients, { ...options, temperature: config.solver.temperature });
  const challenger = { ...withoutProgress(options), temperature: config.challenger.temperature };
  await engine.update(queries.batch, queries.coefficients, challenger);
  return engine.step(adamOf(config, round, config.optimizer.lr));
}

/** Several steps on one round, each with coefficients from the log-probabilities of that moment. */
export async function learnOffPolicy(
  game: SelfPlayGame,
  round: number,
  sequences: RoundSequences,
  scores: RoundScores,
  advantages: Advantages,
  old: RoundLogprobs,
  reference: RoundLogprobs,
  truncated: readonly (readonly boolean[])[],
  options: PhaseOptions,
): Promise<StepStats> {
  const { engine, config, algorithm, settings } = game;
  const gradient = algorithm.offPolicyGradient!(scores, advantages, old, reference, settings, truncated);
  const units = sequences.answers.map((_, index) => [index]);
  let last: StepStats | undefined;
  for (let update = 0; update < settings.updatesPerRound; update++) {
    const at = { ...options, temperature: config.solver.temperature };
    await engine.updateUnits(sequences.answers, units, gradient, at);
    last = await engine.step(adamOf(config, round, config.optimizer.lr));
  }
  return last!;
}

/** A phase's progress counts answers; its few queries come on top. */
function withoutProgress({ signal }: PhaseOptions): PhaseOptions {
  return signal ? { signal } : {};
}

/** Leaves out sequences that can't move anything: a forward and backward pass of zeros. */
function withGradient(
  batch: readonly Sequence[],
  coefficients: readonly Float32Array[],
): { batch: Sequence[]; coefficients: Float32Array[] } {
  const moving = batch.flatMap((_, index) => (coefficients[index].some((c) => c !== 0) ? [index] : []));
  return { batch: moving.map((index) => batch[index]), coefficients: moving.map((index) => coefficients[index]) };
}
