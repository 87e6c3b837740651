/** Rounds to test with: default settings, and fast-check generators of scores and log-probabilities. */
import fc from "fast-check";
import type { RoundLogprobs, RoundScores, Score } from "../../../daemon/selfplay/algorithm.ts";
import type { AlgorithmSettings } from "../../../daemon/selfplay/settings.ts";

export const defaults: AlgorithmSettings = {
  beta: 0.05,
  klEstimator: "k2",
  alphaChallenger: 0.5,
  selfRewardScale: 1,
  objective: "minimax",
  onReject: "drop",
  rejectMargin: 0.1,
  normalization: "grpo",
  updatesPerRound: 1,
  epsilonLow: 0.2,
  epsilonHigh: 0.2,
  maxAnswerTokens: 10,
  maskTruncated: false,
};

/** Scores of a round in which every query is admitted. */
export function scoresOf(reward_NG: Score[][], selfReward_NG: Score[][] = reward_NG.map(() => [])): RoundScores {
  return {
    N: reward_NG.length,
    G: Math.max(...reward_NG.map((row) => row.length)),
    admitted_N: reward_NG.map(() => true),
    heldOut_N: reward_NG.map(() => false),
    reward_NG,
    selfReward_NG,
  };
}

/** Log-probabilities from plain numbers. */
export function logprobsOf(answers_NGT: number[][][], queries_NT: number[][] = []): RoundLogprobs {
  return {
    answers_NGT: answers_NGT.map((row) => row.map((tokens) => Float32Array.from(tokens))),
    queries_NT: queries_NT.map((tokens) => Float32Array.from(tokens)),
  };
}

/** Multiples of 1/64, so that sums of a few are exact. */
const reward = fc.integer({ min: -128, max: 128 }).map((k) => k / 64);
const rubric = fc.integer({ min: 0, max: 7 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });

/** 2–5 queries with 2–5 answers; some scores missing, some queries rejected, a few of these held out. */
export const anyScores: fc.Arbitrary<RoundScores> = fc
  .tuple(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 2, max: 5 }))
  .chain(([N, G]) => {
    const fixed = <T>(value: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
      fc.array(value, { minLength: length, maxLength: length });
    return fc.record({
      N: fc.constant(N),
      G: fc.constant(G),
      fate: fixed(fc.constantFrom("admitted", "admitted", "admitted", "rejected", "held-out"), N),
      reward: fixed(fixed(maybe(reward), G), N),
      rubric: fixed(fixed(maybe(rubric), G), N),
    });
  })
  .map(({ N, G, fate, reward, rubric }) => ({
    N,
    G,
    admitted_N: fate.map((f) => f === "admitted"),
    heldOut_N: fate.map((f) => f === "held-out"),
    reward_NG: reward.map((row, i) => (fate[i] === "admitted" ? row : [])),
    selfReward_NG: rubric.map((row, i) => (fate[i] === "admitted" ? row : [])),
  }));

const token = fc.integer({ min: 1, max: 192 }).map((k) => -k / 64);

/** Log-probabilities of one response, of a policy and of two others nearby, exact in float32. */
export const anyResponse = fc.array(
  fc.tuple(token, fc.integer({ min: -40, max: 40 }), fc.integer({ min: -40, max: 40 })),
  { minLength: 1, maxLength: 5 },
);
