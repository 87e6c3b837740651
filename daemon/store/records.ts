import { z } from "zod";

/**
 * The records that lie in a run's folder, validated where they are read. All times are ISO 8601 UTC, all durations
 * seconds, all log-probabilities nat. A number that does not exist is null, never NaN and never 0.
 */

const metric = z.number().nullable();

/** A place in a lineage: a run and the last round that is inherited from it. */
export const lineageSchema = z.object({
  /** The run whose seed keys all sampling noise. */
  root: z.string(),
  seed: z.number().int(),
  /**
   * The seed that sets records to imitate aside, where that is not `seed`: a fork with another seed keeps its ancestors', so that it
   * is not measured on records that they have learned from.
   */
  dataSeed: z.number().int().optional(),
  /** Absent for a root run. */
  parent: z.object({ run: z.string(), round: z.number().int() }).optional(),
  /** Settings that differ from the parent's, dotted path → [before, after]. */
  changes: z.record(z.string(), z.tuple([z.unknown(), z.unknown()])).default({}),
  /**
   * Folder, relative to SPARRING_HOME, of the model that this stage began with, where that is not the config's model: a
   * fork to another algorithm begins a stage, whose reference is the weights it starts from. An adapter's base, where there is one.
   */
  stageModel: z.string().optional(),
  /**
   * PEFT folder, relative to SPARRING_HOME, of the adapter that this stage began with, on `stageModel` or else on the config's
   * model: the two together are the stage's reference. Absent where an adapter began as the identity, and in full training.
   */
  stageAdapter: z.string().optional(),
});
export type Lineage = z.infer<typeof lineageSchema>;

/** The data that a run imitates, or takes its questions from, as they were when it began. */
export const runDataSchema = z.object({
  /** The file's absolute path, or `builtin:<name>`. */
  source: z.string(),
  /** How its records are written, or which built-in data it is. */
  kind: z.string(),
  /** `sha256:…`: a run goes on with these data only. */
  fingerprint: z.string(),
  /** Usable records, and how many of them are kept for measuring. */
  records: z.number().int(),
  heldOut: z.number().int(),
  /** What was left out: why, how often, and the first lines. */
  skipped: z.array(z.object({ sentence: z.string(), count: z.number().int(), lines: z.array(z.number().int()) })),
});
export type RunData = z.infer<typeof runDataSchema>;

/** A judge of a run: its name, and the range of its values, in which null is no bound. */
export const judgeRecordSchema = z.object({ name: z.string(), low: metric, high: metric });
export type JudgeRecord = z.infer<typeof judgeRecordSchema>;

/** run.json: written once when the run is created, never changed. */
export const runRecordSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  createdAt: z.string(),
  /** The complete resolved config (validated by `config` when it is used). */
  config: z.record(z.string(), z.unknown()),
  lineage: lineageSchema,
  versions: z.record(z.string(), z.string()),
  fingerprint: z.record(z.string(), z.string()),
  /** Absent where neither what is imitated nor the questions come from data. */
  data: runDataSchema.optional(),
  /** Who scores; absent in an imitation, and in runs of earlier versions, whose rewards are from 0 to 1. */
  judges: z.object({ reward: judgeRecordSchema, selfReward: judgeRecordSchema.optional() }).optional(),
  workspace: z.string().optional(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** The states of a run; what each means is said in protocol.ts, which has the same list. */
export const runStates = [
  "queued",
  "starting",
  "running",
  "paused",
  "finished",
  "failed",
  "stopped",
  "interrupted",
] as const;
export type RunState = (typeof runStates)[number];

/** What went wrong, as a SparringError says it. */
export const problemRecordSchema = z.object({
  code: z.string(),
  message: z.string(),
  next: z.string(),
  place: z.string().optional(),
});
export type ProblemRecord = z.infer<typeof problemRecordSchema>;

/** What was asked for when a run was queued: all that is needed to start it. */
export const runRequestSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("start"),
    /** A complete config (validated by `config` when it is used). */
    config: z.record(z.string(), z.unknown()),
    /** The config file that it came from. */
    file: z.string().optional(),
    workspace: z.string().optional(),
    at: z.string(),
  }),
  z.object({
    kind: z.literal("fork"),
    parent: z.string(),
    round: z.number().int().nonnegative(),
    /** `key=value`, in the order in which they apply. */
    settings: z.array(z.string()),
    workspace: z.string().optional(),
    at: z.string(),
  }),
]);
export type RunRequest = z.infer<typeof runRequestSchema>;

/** status.json: the control state of a run, replaced at each change. */
export const runStatusSchema = z.object({
  format: z.literal(1),
  state: z.enum(runStates),
  /** When it came into this state. */
  since: z.string(),
  /** Why it failed. */
  problem: problemRecordSchema.optional(),
  /** A queued run has no run.json yet: this outlives its daemon. */
  request: runRequestSchema.optional(),
});
export type RunStatus = z.infer<typeof runStatusSchema>;

/** agreed.json: the servers that a run may send its queries and answers to, because its user said so for this run. */
export const agreedSchema = z.object({
  format: z.literal(1),
  /** With the time of the agreement. */
  origins: z.array(z.object({ origin: z.string(), at: z.string() })),
});
export type Agreed = z.infer<typeof agreedSchema>;

/** Which recovery slot holds the state after a round, and the hash that proves it whole. */
export const recoveryRefSchema = z.object({ slot: z.enum(["a", "b"]), hash: z.string() });
export type RecoveryRef = z.infer<typeof recoveryRefSchema>;

/** What an alarm looks at; `daemon/runs/alarms/rules.ts` says how. */
export const alarmKinds = [
  "kl",
  "length",
  "repetition",
  "diversity",
  "style",
  "judge",
  "contrast",
  "unscored",
  "admission",
] as const;
export type AlarmKind = (typeof alarmKinds)[number];

/** An alarm that began with a round. */
export const alarmRecordSchema = z.object({
  kind: z.enum(alarmKinds),
  /** `warning`: the game goes wrong; `information`: a drift that may be wanted. */
  severity: z.enum(["warning", "information"]),
  /** What was seen, with its numbers. */
  sentence: z.string(),
  /** The same in a word or two, for a mark: who it is about, and its key number. Absent in rounds of earlier versions. */
  brief: z.string().optional(),
  /** Samples of the round that show it, the clearest first; with an answer's index where an answer shows it. */
  samples: z.array(
    z.object({ query: z.number().int().nonnegative(), answer: z.number().int().nonnegative().optional() }),
  ),
});
export type AlarmRecord = z.infer<typeof alarmRecordSchema>;

/** One line of rounds.jsonl. Round 0 is the state before training (held-out evaluation only). */
export const roundRecordSchema = z.object({
  round: z.number().int().nonnegative(),
  finishedAt: z.string(),
  seconds: z.number(),
  /** Seconds a phase. */
  phases: z.record(z.string(), z.number()),
  /** TRL's metric names, prefixed `challenger/`, `solver/`, `judge/`, `imitation/`, `eval/`. */
  metrics: z.record(z.string(), metric),
  notes: z.array(z.string()).default([]),
  /** Alarms that began with this round; absent where none did. */
  alarms: z.array(alarmRecordSchema).optional(),
  recovery: recoveryRefSchema.optional(),
});
export type RoundRecord = z.infer<typeof roundRecordSchema>;

/** One judge's part in an ensemble's reward. */
export const scorePartSchema = z.object({
  judge: z.string(),
  /** null: unscored. */
  value: metric,
  /** Why there is no value. */
  unscored: z.string().optional(),
  weight: z.number(),
  scale: z.number(),
  /** The range of the judge's values; null is no bound. */
  low: metric.optional(),
  high: metric.optional(),
});
export type ScorePart = z.infer<typeof scorePartSchema>;

export const answerRecordSchema = z.object({
  text: z.string(),
  tokens: z.array(z.number().int()),
  logprobs: z.array(z.number()),
  referenceLogprobs: z.array(z.number()),
  stop: z.enum(["stop", "length"]),
  reward: metric,
  selfReward: metric,
  /** The seven criteria, where the judge gave them. */
  criteria: z.array(z.union([z.literal(0), z.literal(1)])).optional(),
  /** How likely each criterion is met, where the judge can tell: their sum is its score. */
  probabilities: z.array(z.number().min(0).max(1)).optional(),
  /** What the self-reward's judge said; where there is no self-reward, R's. */
  rationale: z.string().optional(),
  /** What R's judge said, where there is a self-reward. */
  rewardRationale: z.string().optional(),
  /** What each judge of an ensemble gave, in its own units: R is Σ weight·scale·value / Σ weight. */
  parts: z.array(scorePartSchema).optional(),
  /** Why there is no reward or self-reward. */
  unscored: z.string().optional(),
  advantage: z.number(),
  /**
   * Imitation only, with `D` and `implicit`: the answer's part in its unit. `advantage` is then −dL/dlogp of the unit's loss: above
   * 0 where the answer is made likelier. A `generated` answer was drawn from the opponent; `logprobs` are the policy's in any case.
   */
  role: z.enum(["real", "chosen", "rejected", "generated"]).optional(),
  /** log π(y) − log π_ref(y) of the whole answer before the round's step, nat; null where the loss has no reference. */
  D: metric.optional(),
  /** The implicit reward, β·D or what is in its place; null where there is none. */
  implicit: metric.optional(),
  /** The iteration whose opponent wrote a generated answer. */
  opponent: z.number().int().positive().optional(),
});
export type AnswerRecord = z.infer<typeof answerRecordSchema>;

/** One line of samples/NNNNNN.jsonl: a query with its answers. */
export const queryRecordSchema = z.object({
  index: z.number().int().nonnegative(),
  text: z.string(),
  /** Empty where the query came from data. */
  tokens: z.array(z.number().int()),
  logprobs: z.array(z.number()),
  referenceLogprobs: z.array(z.number()),
  stop: z.enum(["stop", "length"]).optional(),
  admitted: z.boolean(),
  /** Why it was not admitted. */
  reason: z.string().optional(),
  V: metric,
  VQ: metric,
  advantage: z.number(),
  /** What a verifier expects, if it can say. */
  expected: z.string().optional(),
  /** Imitation only: the line of the data on which the example is. */
  line: z.number().int().positive().optional(),
  answers: z.array(answerRecordSchema),
});
export type QueryRecord = z.infer<typeof queryRecordSchema>;

/** A person's rating of one answer. */
export const ratingSchema = z.object({
  /** Chosen by the client, so that a rating that is sent twice counts once. */
  id: z.string().min(1).max(100),
  at: z.string(),
  rater: z.string().min(1).max(100),
  round: z.number().int().nonnegative(),
  query: z.number().int().nonnegative(),
  answer: z.number().int().nonnegative(),
  /** On the judge's scale, 0 to 7; null: looked at and skipped. */
  score: z.number().int().min(0).max(7).nullable(),
  /** The seven criteria, where the rater gave them. */
  criteria: z
    .array(z.union([z.literal(0), z.literal(1)]))
    .length(7)
    .optional(),
  comment: z.string().max(10_000).optional(),
  /** Whether the judge's scores were hidden. */
  blind: z.boolean(),
  /** Time that the rater took. */
  seconds: z.number().nonnegative().optional(),
});
export type Rating = z.infer<typeof ratingSchema>;

/** Whose weights: those of a run that is in memory or its newest on disk, its reference, or a round's. */
const weightsSchema = z.union([
  z.literal("current"),
  z.literal("reference"),
  z.object({ checkpoint: z.number().int().nonnegative() }),
]);

/** A person's choice between the answers of two weights to one prompt. */
export const pickRecordSchema = z.object({
  /** Chosen by the client, so that a choice that is sent twice counts once. */
  id: z.string().min(1).max(100),
  at: z.string(),
  rater: z.string().min(1).max(100),
  prompt: z.string(),
  sides: z.array(z.object({ run: z.string(), weights: weightsSchema })).length(2),
  /** Their texts, side by side. */
  answers: z.array(z.string()).length(2),
  choice: z.enum(["first", "second", "tie"]),
  /** Whether it was hidden whose answers they are. */
  blind: z.boolean(),
  comment: z.string().max(10_000).optional(),
});
export type PickRecord = z.infer<typeof pickRecordSchema>;
