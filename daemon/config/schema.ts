/**
 * The shape of a config: every key with its type, range, default and description. Types, error messages, hover texts
 * and the published JSON Schema all come from here. Labels in descriptions: [paper] is arXiv 2509.07414 (Language
 * Self-Play) unless another is named; [ours] is a choice of this project.
 *
 * Whether a key is *used* depends on the algorithm: see `usage.ts`.
 */
import { z } from "zod";
import { alarmsSchema } from "./alarms-section.ts";
import { engineSchema } from "./engine-section.ts";
import { imitationSchema } from "./imitation-section.ts";
import { endpointSchema, ensembleSchema, pairwiseSchema, rewardModelSchema, verifierSchema } from "./judge-sections.ts";

/** Marks a setting whose value the paper leaves open. */
const notGiven = (what: string) => `${what} [paper: not given]`;

const loraTargets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

const modelSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => !path.startsWith("builtin:") || path === "builtin:nano", {
      error: "the only built-in model is builtin:nano",
    })
    .describe(
      "The model to train: a Hugging Face folder, relative to this file; a model of the Hugging Face hub, as `org/name` or `org/name@revision` (a folder of that name comes first); or `builtin:nano` for the model that comes with Sparring. Alias: model_name_or_path.",
    ),
  reference: z
    .string()
    .min(1)
    .default("stage")
    .describe(
      "The frozen model that the KL term pulls towards, and that dpo and ipo compare with: `stage` (the weights at the start of this stage: of the run, or of a fork that changed the algorithm), `base` (the weights of `path`), or a model as in `path`. [paper: the initial model]",
    ),
});

const adapterSchema = z.strictObject({
  rank: z.int().min(1).max(1024).default(16).describe("Rank of the LoRA matrices."),
  alpha: z
    .number()
    .positive()
    .max(65_536)
    .default(32)
    .describe("Scale of the adapter: the update is multiplied by alpha / rank, or as `rslora` says."),
  rslora: z
    .boolean()
    .default(false)
    .describe(
      "Multiply the update by alpha / √rank instead (rsLoRA), so that a high rank learns as fast as a low one; lower alpha with it.",
    ),
  targets: z
    .array(z.enum(loraTargets))
    .min(1)
    .refine((targets) => new Set(targets).size === targets.length, { error: "a target is listed twice" })
    .default([...loraTargets])
    .describe("The projections that get an adapter. Default: all seven."),
});

const gameSchema = z.strictObject({
  task: z
    .enum(["addition", "word-sums", "open", "file"])
    .describe(
      "What is played: `addition`, sums of two numbers from 0 to 99 (47+38), checked by a verifier, the game of builtin:nano; `word-sums`, the same sums for a chat model (What is 47 plus 38?), where the last number of an answer counts; `open`, any text that the Challenger writes, as in the paper, where only a model can judge; `file`, questions with known answers from a file of yours, see `data`.",
    ),
  data: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      "The questions: a file of JSON or JSON Lines, relative to this file, with question and answer (and choices, of which the answer is one), prompt and completion, or messages; `sparring data preview` shows it. Of an answer whose last line begins with ####, as in GSM8K, what follows there is compared. judge.verifier.rule says how. With game.task: file only.",
    ),
  held_out: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(100)
    .describe(
      "Questions that are never trained on, to measure on: so many, but at most a tenth of all; with each go those that differ from it only in white space, case or wrong choices. Chosen by a hash of their text: the same in every run. With game.task: file only. [ours]",
    ),
  queries: z
    .int()
    .min(1)
    .max(4096)
    .default(32)
    .describe("N: queries drawn a round. LSP and LSP-Zero need at least 2. [paper: 8]"),
  answers: z
    .int()
    .min(2, "the advantage of an answer is its reward minus its group's mean, so with one answer it is always 0")
    .max(1024)
    .default(8)
    .describe(notGiven("G: answers drawn a query. Alias: num_generations.")),
  rounds: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(300)
    .describe("Rounds to play; each ends with a learning step. [paper: not given; examples shown up to 1500]"),
});

const algorithmSchema = z.strictObject({
  name: z
    .enum(["lsp", "lsp-zero", "grpo", "sft", "spin", "spif", "spac", "dpo", "ipo"])
    .describe(
      "Games of rewards: `lsp`, Language Self-Play, the Challenger writes queries and both roles learn, with self-reward; `lsp-zero`, the same without self-reward; `grpo`, the baseline, queries come from the task and only the Solver learns. Imitation of data, see `imitation`: `spin`, Self-Play Fine-Tuning, the policy learns to tell the data from its own earlier answers; `spif`, the same with bounded rewards (χ²), our reconstruction; `spac`, Self-Play with Adversarial Critic, on pairs; `sft`, plain likelihood; `dpo` and `ipo`, the baselines on pairs.",
    ),
  alpha_challenger: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe(notGiven("Weight of the Challenger's loss beside the Solver's. lsp and lsp-zero only.")),
  normalization: z
    .enum(["grpo", "dapo", "dr_grpo"])
    .default("grpo")
    .describe(
      "How a GRPO loss is averaged: `grpo` per answer, `dapo` over all tokens of the round, `dr_grpo` by max_tokens and without dividing by the standard deviation. grpo only.",
    ),
  updates_per_round: z
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe(
      "Optimizer steps on the same answers; above 1 the probability ratio is clipped. grpo only: LSP takes one step a round. [paper]",
    ),
  epsilon_low: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.2)
    .describe("The ratio is clipped below at 1 − epsilon_low. Only with updates_per_round above 1."),
  epsilon_high: z
    .number()
    .gt(0)
    .max(10)
    .default(0.2)
    .describe("The ratio is clipped above at 1 + epsilon_high. Only with updates_per_round above 1."),
  mask_truncated: z
    .boolean()
    .default(false)
    .describe("Take answers that were cut at the token limit out of the loss. They are always flagged."),
});

const klSchema = z.strictObject({
  beta: z
    .number()
    .min(0)
    .max(1000)
    .default(0.05)
    .describe("Weight of the pull towards the reference model. [paper: 0.05] Alias: beta."),
  estimator: z
    .enum(["k2", "k3", "literal"])
    .default("k2")
    .describe(
      "How the KL term is differentiated: `k2` per sequence, the unbiased on-policy gradient of the reverse KL [ours]; `k3` per token, as in TRL; `literal`, the paper's formula as printed, which does not pull on average. GRPO always uses k3.",
    ),
});

const trainingTemperature = z
  .number()
  .positive("at temperature 0 all answers to a query are the same and every advantage is 0")
  .max(10)
  .default(1);

const tokenLimit = z.int().min(1).max(131_072);

const text = z.string().min(1).max(4000);

/** One text, or a list of which one is drawn for each query. */
const textOrList = z.union([text, z.array(text).min(1).max(1000)]);

const challengerSchema = z.strictObject({
  task: textOrList
    .optional()
    .describe(
      "What the Challenger is asked to write an input for, e.g. `Pure & Applied Mathematics`; one text, or a list of which one is drawn for each query. Left out, the Challenger decides. With game.task: open only. [paper: Box 1]",
    ),
  template: textOrList
    .refine((given) => [given].flat().every((template) => /\{[^{}]*\}/.test(template)), {
      error: "a template has something to fill in, in curly braces",
    })
    .optional()
    .describe(
      "The form of a query, with what the Challenger fills in between curly braces, e.g. `Prove that {statement}.`; one text, or a list of which one is drawn for each query, whatever task was drawn. Left out, a query has any form. With game.task: open only. [paper: Box 1]",
    ),
  objective: z
    .enum(["minimax", "frontier"])
    .default("minimax")
    .describe(
      "What the Challenger is rewarded for: `minimax`, queries that the Solver answers badly [paper]; `frontier`, queries that it answers right half of the time, 1 − 2|V − ½| [ours, after R-Zero].",
    ),
  temperature: trainingTemperature.describe(
    notGiven("Sampling temperature of queries; the tempered policy is the one trained."),
  ),
  max_tokens: tokenLimit.default(128).describe("Longest query, in tokens, the stop token included."),
});

const solverSchema = z.strictObject({
  temperature: trainingTemperature.describe(
    notGiven("Sampling temperature of answers; the tempered policy is the one trained."),
  ),
  max_tokens: tokenLimit
    .default(256)
    .describe("Longest answer, in tokens, the stop token included. Alias: max_completion_length."),
});

const judgeSchema = z.strictObject({
  reward: z
    .strictObject({
      kind: z
        .enum(["verifier", "rubric", "model", "endpoint", "pairwise", "ensemble"])
        .default("verifier")
        .describe(
          "R: `verifier`, 1 for the right answer and 0 for any other; `rubric`, the reference model's score by seven criteria, divided by 7, for games where nobody knows the right answers [ours]; `model`, a reward model's; `endpoint`, the rubric's by a model behind an OpenAI-compatible server; `pairwise`, the share of duels that an answer wins against others to the same query, each judged in both orders [ours]; `ensemble`, the weighted mean of several of these [ours]. An answer that the judge can't score has no reward.",
        ),
    })
    .prefault({}),
  self_reward: z
    .strictObject({
      kind: z
        .enum(["criteria", "form", "likelihood", "rubric", "endpoint"])
        .default("criteria")
        .describe(
          "R_Q, 0–7: `rubric`, the reference model scores query and answer by seven criteria in words [paper: Box 3]; `criteria`, the same for `addition`, computed instead of asked; `form`, those of them that look at form alone; `likelihood`, how sure the reference model is of the answer; `endpoint`, the rubric's by a model behind an OpenAI-compatible server. All but the first are [ours]. lsp only.",
        ),
      scale: z
        .number()
        .min(0)
        .max(100)
        .default(1)
        .describe(
          "Multiplies R_Q before it is added to R. With rewards of 0 or 1, 2/7 (0.2857) gives both a similar say. [paper: none] lsp only.",
        ),
    })
    .prefault({}),
  rubric: z
    .strictObject({
      mode: z
        .enum(["generate", "criterion-logits"])
        .default("generate")
        .describe(
          "How the reference model is asked: `generate`, it writes a justification and a verdict [paper]; `criterion-logits`, how likely it is to say Yes rather than No to each of the seven criteria, added up, without a word written [ours]. Only where the rubric is asked, as a kind or in the ensemble.",
        ),
      compare: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(0)
        .describe(
          "How many answers of each round are scored in the other mode too, to measure how well the modes agree (metrics judge/modes/…). Costs the time of judging them. Only where the rubric is asked, as a kind or in the ensemble. [ours]",
        ),
      temperature: z
        .number()
        .min(0)
        .max(10)
        .default(1)
        .describe(
          notGiven(
            "Sampling temperature of the judge's replies; 0 takes the likeliest. Only with a kind: rubric and mode: generate.",
          ),
        ),
      max_tokens: tokenLimit
        .default(320)
        .describe(
          "Longest reply of the judge, in tokens: room for 100 words of justification, as it is told, and its verdict. A reply that is cut is no judgement. Only with a kind: rubric and mode: generate. [ours]",
        ),
    })
    .prefault({})
    .describe("How the reference model is asked to judge."),
  verifier: verifierSchema.prefault({}).describe("Rules for right answers."),
  model: rewardModelSchema.prefault({}).describe("A reward model in ONNX, on the CPU."),
  endpoint: endpointSchema.prefault({}).describe("A model behind an OpenAI-compatible server."),
  pairwise: pairwiseSchema.prefault({}).describe("Which of two answers is better."),
  ensemble: ensembleSchema.prefault({}).describe("Several judges together: Σ weight·scale·value / Σ weight."),
});

const admissionSchema = z.strictObject({
  on_reject: z
    .enum(["drop", "penalise", "off"])
    .default("drop")
    .describe(
      "What happens to a query that is no valid task: `drop`, it teaches nothing; `penalise`, the Challenger is rewarded below its worst query; `off`, it is answered like any other. lsp and lsp-zero only. [ours]",
    ),
  margin: z
    .number()
    .min(0)
    .max(100)
    .default(0.1)
    .describe("How far below the worst admitted query a rejected one is rewarded. Only with on_reject: penalise."),
});

const optimizerSchema = z.strictObject({
  lr: z
    .number()
    .positive()
    .max(1)
    .optional()
    .describe(
      "Learning rate of AdamW. Default, for a model of some billion parameters: 3e-6 for lsp and lsp-zero, 1e-6 for grpo [paper]; 5e-7 for spin [its paper], spif and spac [ours], 1e-6 for dpo and ipo and 2e-5 for sft [TRL]. Small models need more. Alias: learning_rate.",
    ),
  warmup_rounds: z.int().min(0).max(1_000_000).default(0).describe("Rounds over which the learning rate rises from 0."),
  schedule: z
    .enum(["constant", "linear", "cosine"])
    .default("constant")
    .describe(
      "The learning rate after warm-up: constant, or falling to 0 at the last round, in a line or a half cosine.",
    ),
  beta1: z.number().min(0).lt(1).default(0.9).describe("AdamW: decay of the gradient's running mean."),
  beta2: z.number().min(0).lt(1).default(0.999).describe("AdamW: decay of the squared gradient's running mean."),
  eps: z.number().positive().max(1).default(1e-8).describe("AdamW: added to the denominator."),
  weight_decay: z.number().min(0).max(1).default(0).describe("AdamW: decoupled weight decay, on matrices only."),
  max_grad_norm: z
    .number()
    .min(0)
    .max(1e6)
    .default(1)
    .describe("The gradient's norm is scaled down to this; 0 switches clipping off."),
});

const evalSchema = z.strictObject({
  every: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(25)
    .describe("Rounds between evaluations on tasks that are never trained on."),
  temperature: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("Sampling temperature in evaluation; 0 takes the most likely token."),
  limit: z
    .union([z.literal("all"), z.int().min(1).max(1_000_000)])
    .default("all")
    .describe("How many of the held-out tasks to evaluate on: `all` or a number."),
});

const checkpointsSchema = z.strictObject({
  every: z.int().min(1).max(1_000_000).default(50).describe("Rounds between checkpoints. Alias: save_steps."),
  keep: z
    .int()
    .min(1)
    .max(100_000)
    .default(5)
    .describe("How many of the latest checkpoints to keep. Alias: save_total_limit."),
});

const recoverySchema = z.strictObject({
  every: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe("Rounds between the snapshots that a crashed run continues from. At 1 no finished round is ever lost."),
});

/** A config as it is written. Sections may be left out; `complete` makes a `Config` of the parsed result. */
export const settingsSchema = z.strictObject({
  name: z
    .string()
    .max(80)
    .regex(
      /^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u,
      "a name starts with a letter or digit, then letters, digits, spaces and . _ -",
    )
    .optional()
    .describe("Name of the run. Default: this file's name."),
  seed: z
    .int()
    .min(0)
    .max(4_294_967_295)
    .default(1)
    .describe(
      "Keys all randomness: the same seed, config, machine and number of threads give the same run, bit for bit.",
    ),
  model: modelSchema.describe("What is trained."),
  engine: engineSchema.prefault({}).describe("What computes."),
  adapter: adapterSchema
    .optional()
    .describe("Train a LoRA adapter (`adapter: {}` for the defaults). Without this section all weights are trained."),
  game: gameSchema.describe("What is played, and how much of it."),
  algorithm: algorithmSchema.describe("How the game is turned into a gradient."),
  imitation: imitationSchema
    .prefault({})
    .describe("What is imitated and how: sft, spin, spif, spac, dpo and ipo only."),
  kl: klSchema.prefault({}).describe("The pull towards the reference model."),
  challenger: challengerSchema.prefault({}).describe("The role that writes queries. lsp and lsp-zero only."),
  solver: solverSchema.prefault({}).describe("The role that answers."),
  judge: judgeSchema.prefault({}).describe("What scores the answers."),
  admission: admissionSchema
    .prefault({})
    .describe("What happens to queries that are no valid task. lsp and lsp-zero only."),
  alarms: alarmsSchema.prefault({}).describe("Warnings that the game goes wrong."),
  optimizer: optimizerSchema.prefault({}).describe("AdamW and its learning rate."),
  eval: evalSchema.prefault({}).describe("Measuring progress on held-out tasks."),
  checkpoints: checkpointsSchema.prefault({}).describe("Weights kept to fork from."),
  recovery: recoverySchema.prefault({}).describe("Crash safety."),
});

/** A config as parsed: static defaults are filled in, those that depend on other settings or the machine are not yet. */
export type Settings = z.output<typeof settingsSchema>;

/**
 * A complete, valid config: every setting has a value, except the optional adapter, the micro-batch size, which the
 * engine then chooses, and the interpreter, which set-up knows. Settings that the algorithm does not use hold their defaults, and nothing may read them
 * (`usage.ts`). Paths are absolute, `builtin:nano`, or the words `stage` and `base`.
 */
export type Config = Settings & {
  name: string;
  engine: { threads: number };
  optimizer: { lr: number };
};
