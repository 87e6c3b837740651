import { z } from "zod";
import type { Algorithm, RoundLogprobs, RoundScores } from "../../selfplay/algorithm.ts";
import type { AlgorithmName } from "../../selfplay/registry.ts";
import type { AlgorithmSettings } from "../../selfplay/settings.ts";
import { check, expected, logprobs, notNegative, type Path, readSettings, wrong } from "./checking.ts";

/** What a file asks of an algorithm that learns from rewards: one round, all of its queries admitted. */
export interface RoundQuestion {
  readonly algorithm: Algorithm;
  readonly settings: AlgorithmSettings;
  /** The settings that this algorithm's formula reads. */
  readonly uses: readonly RoundSetting[];
  readonly scores: RoundScores;
  readonly current: RoundLogprobs;
  readonly reference: RoundLogprobs;
}

const settingSchemas = {
  beta: notNegative,
  klEstimator: z.enum(["k2", "k3", "literal"], expected("k2, k3 or literal")),
  alphaChallenger: notNegative,
  selfRewardScale: notNegative,
  objective: z.enum(["minimax", "frontier"], expected("minimax or frontier")),
  normalization: z.enum(["grpo", "dapo", "dr_grpo"], expected("grpo, dapo or dr_grpo")),
  maxAnswerTokens: z.int(expected("a whole number")).min(1, expected("at least 1")),
} as const;

/** A setting that a file can give. */
export type RoundSetting = keyof typeof settingSchemas;

const play: readonly RoundSetting[] = ["beta", "klEstimator", "alphaChallenger", "objective"];

/** The settings of each algorithm's on-policy step. */
export const roundSettings: Readonly<Record<AlgorithmName, readonly RoundSetting[]>> = {
  lsp: [...play, "selfRewardScale"],
  "lsp-zero": play,
  grpo: ["beta", "normalization", "maxAnswerTokens"],
};

/** Those of a config that says nothing; what a file can't ask about is switched off. */
const defaults: AlgorithmSettings = {
  beta: 0.05,
  klEstimator: "k2",
  alphaChallenger: 1,
  selfRewardScale: 1,
  objective: "minimax",
  onReject: "off",
  rejectMargin: 0,
  normalization: "grpo",
  updatesPerRound: 1,
  epsilonLow: 0.2,
  epsilonHigh: 0.2,
  maxAnswerTokens: 256,
  maskTruncated: false,
};

const score = z.number(expected("a number, or null if unscored")).nullable();

const answerSchema = z.strictObject(
  { logp: logprobs, ref: logprobs, reward: score, self_reward: score.optional() },
  expected("an object with logp, ref and reward"),
);

const querySchema = z.strictObject(
  {
    logp: logprobs.optional(),
    ref: logprobs.optional(),
    answers: z
      .array(answerSchema, expected("a list of answers"))
      .min(2, expected("at least 2 answers, because an advantage is a difference within their group")),
  },
  expected("an object with answers"),
);

const fileSchema = z.strictObject({
  algorithm: z.string(),
  settings: z.unknown().optional(),
  queries: z.array(querySchema, expected("a list of queries")).min(1, expected("at least one query")),
});

/**
 * Checks what a file asks of this algorithm, and fills in defaults. What this algorithm does not need of a query or an answer
 * may be there, so that one file serves several.
 * @throws SparringError `cli/loss-file` with the first thing that is wrong
 */
export function readRound(algorithm: Algorithm, json: unknown, file: string): RoundQuestion {
  const { settings: given = {}, queries } = check(fileSchema, json, [], file);
  const uses = roundSettings[algorithm.name as AlgorithmName];
  const own = readSettings(settingSchemas, uses, given, file);
  const G = queries[0]!.answers.length;
  const hasChallenger = algorithm.queries === "challenger";
  if (hasChallenger && queries.length === 1) {
    throw wrong(["queries"], "found one, and the Challenger's advantage is a difference between queries", file);
  }
  const responses = queries.map(({ answers, ...query }, i) => {
    if (answers.length !== G) throw wrong(["queries", i, "answers"], `found ${answers.length}, expected ${G}`, file);
    return {
      query: hasChallenger ? tokensOf(query, ["queries", i], file) : undefined,
      answers: answers.map((answer, j) => tokensOf(answer, ["queries", i, "answers", j], file)),
      selfRewards: answers.map(({ self_reward }, j) => {
        if (self_reward !== undefined) return self_reward;
        if (!algorithm.selfReward) return null;
        throw wrong(["queries", i, "answers", j, "self_reward"], "it is missing", file);
      }),
    };
  });
  const logprobsOf = (which: keyof Tokens): RoundLogprobs => ({
    answers_NGT: responses.map(({ answers }) => answers.map((tokens) => tokens[which])),
    queries_NT: responses.flatMap(({ query }) => query?.[which] ?? []),
  });
  return {
    algorithm,
    settings: { ...defaults, ...own },
    uses,
    scores: {
      N: queries.length,
      G,
      admitted_N: queries.map(() => true),
      heldOut_N: queries.map(() => false),
      reward_NG: queries.map(({ answers }) => answers.map(({ reward }) => reward)),
      selfReward_NG: responses.map(({ selfRewards }) => (algorithm.selfReward ? selfRewards : [])),
    },
    current: logprobsOf("logp"),
    reference: logprobsOf("ref"),
  };
}

/** A response's log-probabilities for each token. */
interface Tokens {
  readonly logp: Float32Array;
  readonly ref: Float32Array;
}

type Logprobs = z.output<typeof logprobs>;

/** A number is a response of one token. */
function tokensOf(
  { logp, ref }: { readonly logp?: Logprobs | undefined; readonly ref?: Logprobs | undefined },
  path: Path,
  file: string,
): Tokens {
  if (logp === undefined) throw wrong([...path, "logp"], "it is missing", file);
  if (ref === undefined) throw wrong([...path, "ref"], "it is missing", file);
  const tokens = { logp: Float32Array.from([logp].flat()), ref: Float32Array.from([ref].flat()) };
  if (tokens.logp.length === tokens.ref.length) return tokens;
  throw wrong(path, "logp and ref tell of different numbers of tokens", file);
}
