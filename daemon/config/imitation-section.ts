/** What is imitated, and how: the section `imitation` of the config, see schema.ts. */
import { z } from "zod";

/** One value for all iterations, or one for each, of which the last repeats. */
const perIteration = (value: z.ZodNumber) => z.union([value, z.array(value).min(1).max(1000)]);

/** Data, iterations and losses. */
export const imitationSchema = z.strictObject({
  data: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      "What is imitated: a file of JSON or JSON Lines, relative to this file, as `sparring data preview` shows it; or `builtin:addition-expert` (right sums) or `builtin:addition-pairs` (right sums and wrong ones). spac, dpo and ipo need pairs. Required by the algorithms of imitation.",
    ),
  records: z
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("How many records of built-in data are made; all there are, if left out."),
  batch: z
    .int()
    .min(1)
    .max(65_536)
    .default(32)
    .describe(
      "Records of a round, which is one step of the optimizer: each is an example with all its answers. [SPIN: 64]",
    ),
  iterations: z
    .int()
    .min(1)
    .max(10_000)
    .default(3)
    .describe(
      "How often the policy becomes its own opponent: the rounds are divided among so many iterations, and at the start of each the policy is frozen as the reference and as the author of the generated answers. spin, spif and spac only.",
    ),
  split: z
    .enum(["whole", "parts"])
    .optional()
    .describe(
      "What an iteration sees: the `whole` data, or one of as many `parts` as there are iterations. Default: parts for spac, as in its paper, else whole. spin, spif and spac only.",
    ),
  mix_previous: z
    .boolean()
    .default(true)
    .describe(
      "From the second iteration on every other record is held against an answer of the opponent before, not of the newest. [SPIN: trains on the current and the previous synthetic data together] spin and spif only.",
    ),
  beta: perIteration(z.number().positive().max(1000))
    .default(0.1)
    .describe(
      "β: an answer's implicit reward is β times its log-ratio to the reference. One value, or a list of one for each iteration, of which the last repeats. spin, spif and dpo only. [SPIN: 0.1, and 5 in its last iterations]",
    ),
  c: z
    .number()
    .positive()
    .max(1e6)
    .default(1)
    .describe("Implicit rewards are drawn to −1/c and 1/c. spif only. [ours: the paper's value is not available]"),
  eta: perIteration(z.number().positive().max(1000))
    .default(0.1)
    .describe(
      "η: what β is in the other algorithms. One value, or a list of one for each iteration, of which the last repeats. spac only.",
    ),
  lambda: z
    .number()
    .min(0)
    .max(1e6)
    .default(1)
    .describe("λ: weight of the preferences beside the pessimism. spac only. [SPAC: 1 in practice, large in theory]"),
  smoothing: z
    .enum(["outer", "inner", "linear"])
    .default("outer")
    .describe(
      "Where the log-sigmoid of the pessimistic term stands: around each comparison (`outer`), around their mean (`inner`), or nowhere (`linear`, unbounded below, for study). spac only. [ours: the paper's is not known]",
    ),
  against: z
    .enum(["both", "chosen", "rejected"])
    .default("both")
    .describe(
      "Which answer of the pair the generated one is held against. spac only. [SPAC leaves it open and averages both]",
    ),
  tau: z.number().positive().max(1000).default(0.1).describe("τ: the margin of a pair is driven to 1/(2τ). ipo only."),
  length_average: z
    .boolean()
    .default(true)
    .describe("Divide every log-ratio by its answer's tokens, as TRL does. ipo only."),
  lr: perIteration(z.number().positive().max(1))
    .optional()
    .describe(
      "Learning rate by iteration, in place of optimizer.lr: one value, or a list of which the last repeats. spin, spif and spac only. [SPIN: 5e-7, then 1e-7]",
    ),
  max_tokens: z
    .int()
    .min(2)
    .max(131_072)
    .optional()
    .describe(
      "Longest prompt with its answer, in tokens; longer records are left out and counted, nothing is cut. Default: what the model takes, with room for a generated answer.",
    ),
  held_out: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(100)
    .describe(
      "Records that are never trained on, to measure how likely the policy finds them (metric eval/real_logprob): so many, but at most a tenth of all.",
    ),
  early_stop: z
    .strictObject({
      accuracy: z
        .number()
        .gt(0)
        .max(1)
        .optional()
        .describe(
          "An iteration ends early once its share of pairs with the right order of implicit rewards reaches this; left out, none does. [ours: with a small β a few epochs are enough, and more make iterations oscillate]",
        ),
      window: z
        .int()
        .min(1)
        .max(10_000)
        .default(10)
        .describe("Over so many rounds of the iteration that share is a mean. Only with early_stop.accuracy."),
    })
    .prefault({})
    .describe("When an iteration has learned enough. spin, spif and spac only."),
});
