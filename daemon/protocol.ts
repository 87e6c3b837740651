import { z } from "zod";
import {
  alarmRecordSchema,
  answerRecordSchema,
  lineageSchema,
  problemRecordSchema,
  queryRecordSchema,
  ratingSchema,
  roundRecordSchema,
  runRecordSchema,
  runStates,
} from "./store/records.ts";

/**
 * Everything that crosses the daemon's socket: requests with their parameters and results, notifications, and the error
 * shape. JSON-RPC 2.0 over one WebSocket, one message a text frame; the same connection carries LSP. The daemon validates
 * parameters with these schemas; daemon, command line, extension and webviews take their types from here.
 * `docs/protocol.md` is made from this file (`npm run protocol`), and a test fails when it was not.
 *
 * This file changes only in commits of its own. Verbs marked `core` never change their meaning: an older window can always
 * list, watch, pause, resume and stop the runs of a newer daemon, and end that daemon.
 */

/** Raised when a verb outside the core changes. A client of another version may use the core only. */
export const protocolVersion = 1;

/** A frame from a client is at most this long, bytes. Lists are paged, so that the daemon's aim to stay below it too. */
export const maxFrameBytes = 4 * 1024 * 1024;

/** Snapshots of a run's progress are at least this far apart, for each client, milliseconds. */
export const snapshotIntervalMs = 100;

// ---------------------------------------------------------------------------------------------------- shared pieces

/** An id of a run. The client chooses it, so that a request that is sent twice starts one run. */
const run = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
const round = z.number().int().nonnegative();
const time = z.string().describe("ISO 8601, UTC");

/**
 * `queued`: waits for the device. `starting`: its engine is being opened. `paused`: its process and memory are kept.
 * `stopped`: by a person, or by itself at a round that it can't learn from; `failed`: by an error; `interrupted`: its daemon ended. These three go on with `run/resume`.
 */
export const runStateSchema = z.enum(runStates);
export type RunState = z.infer<typeof runStateSchema>;

/** What went wrong and what to do next. `code` is stable. */
export const problemSchema = problemRecordSchema;
export type Problem = z.infer<typeof problemSchema>;

/** Where the policy of an imitation has become its own opponent for the `now`-th time; `of` so many times in all. */
const iteration = z.object({ now: z.number().int().positive(), of: z.number().int().positive() });

/** Servers to which the user agrees to have this run's queries and answers sent, e.g. `https://api.openai.com`. */
const agree = z
  .array(z.string().max(2000))
  .max(16)
  .optional()
  .describe(
    "origins of servers to which the user agrees to have this run's queries and answers sent: kept with the run. A judge's server that is not among them gets nothing: `run/needs-agreement`, whose `origins` names them",
  );

/** A run in a list. */
export const runOverviewSchema = z.object({
  id: run,
  name: z.string(),
  state: runStateSchema,
  since: time.describe("when it came into this state"),
  createdAt: time,
  algorithm: z.string(),
  task: z.string(),
  model: z.string(),
  seed: z.number().int(),
  round: round.nullable().describe("the last finished round"),
  rounds: round.describe("the last round that it will play"),
  parent: z.object({ run, round }).optional(),
  accuracy: z
    .object({ first: z.number(), last: z.number() })
    .nullable()
    .describe("held-out accuracy at its first and its newest evaluation, 0–1"),
  ratings: z.number().int().nonnegative(),
  queuePlace: z.number().int().positive().optional().describe("1 is next; while queued"),
  waitsFor: run.optional().describe("while queued: the run that holds the device, be it paused"),
  iteration: iteration.optional().describe("of its last finished round, where an imitation plays itself"),
  asked: z.enum(["pause", "stop"]).optional().describe("asked for, and not yet done"),
  problem: problemSchema.optional().describe("why it failed, stopped or paused itself"),
  workspace: z.string().optional(),
});
export type RunOverview = z.infer<typeof runOverviewSchema>;

/** What a running or paused run does now: a complete snapshot, so that a client needs no history. */
export const progressSchema = z.object({
  run,
  state: runStateSchema,
  round: round.describe("being played"),
  rounds: round,
  finished: round.nullable().describe("the last finished round: read the newer ones with round/list"),
  phase: z.string().nullable(),
  done: z.number().describe("units of work of this phase, of `total`"),
  total: z.number(),
  phaseSeconds: z.number(),
  usualPhaseSeconds: z.number().nullable().describe("median of this phase in recent rounds"),
  elapsedSeconds: z.number().describe("since this session of the run began, without pauses"),
  remainingSeconds: z.number().nullable().describe("estimate; null before the first played round"),
  device: z.string(),
  telemetry: z
    .object({
      usedBytes: z.number(),
      peakBytes: z.number(),
      totalBytes: z.number(),
      utilisation: z.number().optional().describe("share of the last second in which the GPU computed, 0–1"),
    })
    .optional()
    .describe("memory of the engine's process: the GPU's where there is one"),
  stuck: z.string().optional().describe("a sentence, while a phase takes far longer than usual"),
});
export type Progress = z.infer<typeof progressSchema>;

const count = z.number().int().nonnegative();

/** A number with its 95 % interval; or `too-few`: `n` independent cases of `of` that are needed; or no interval, and why. */
export const measureSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("estimate"), value: z.number(), low: z.number(), high: z.number() }),
  z.object({ kind: z.literal("too-few"), n: count, of: count }),
  z.object({ kind: z.literal("no-interval"), value: z.number().nullable(), why: z.string() }),
]);
export type Measure = z.infer<typeof measureSchema>;

/** How far judge and people agree on the score of some answers: estimates for all of them, rated or not. */
const criterionAgreement = {
  ratings: count,
  queries: count.describe("distinct ones: answers of one query are not independent"),
  same: measureSchema.describe("share of equal scores"),
  bias: measureSchema.describe("mean of judge − human"),
  kappa: measureSchema.describe("quadratic-weighted κ; of a criterion Cohen's"),
};
const scoreAgreementSchema = z.object({ ...criterionAgreement, spearman: measureSchema });

/** How far two series of ratings of the same answers agree. */
const ratingsAgreement = { answers: count, same: measureSchema, kappa: measureSchema };

export const checkpointSchema = z.object({ round, bytes: z.number().int(), dir: z.string() });

/** An alarm and the round with which it began. */
export const alarmSchema = alarmRecordSchema.extend({ round });
export type Alarm = z.infer<typeof alarmSchema>;

/** Whose weights answer. `current`: those of a run that is in memory, or the newest on disk. */
const weights = z.union([z.literal("current"), z.literal("reference"), z.object({ checkpoint: round })]);

const chosenWeights = weights.default("current");

/** A long request may carry an id of the client's choice, under which its progress is told. */
const task = { task: z.string().min(1).max(100).optional().describe("told with task/progress") };

/** A share with its 95 % interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

const sampling = {
  weights: chosenWeights,
  temperature: z.number().min(0).max(10).default(1),
  seed: z.number().int().min(0).default(0),
};

const waited = z.number().describe("seconds until the device was free for it");

const config = z.record(z.string(), z.unknown()).describe("a complete config, as `run --dry-run --json` prints it");

/** The text of a config file, as an editor has it. */
const configText = {
  text: z.string().max(64 * 1024),
  file: z.string().max(4096).describe("names it in messages, and is the base of relative paths in it"),
};

/** Something wrong with a config's text; `place` is `file:line:column`. */
const configProblems = z.array(problemSchema);

/** An answer of a run. */
const sampleRef = {
  run,
  round,
  query: z.number().int().nonnegative(),
  answer: z.number().int().nonnegative(),
};

/** Weights of a run, as one side of a comparison. */
const side = z.object({ run, weights });

const scoredAnswerSchema = z.object({
  text: z.string(),
  stop: z.enum(["stop", "length"]),
  logprob: z.number().describe("sum over its tokens, nat"),
  reward: z.number().nullable(),
  selfReward: z.number().nullable(),
  unscored: z.string().optional(),
  ...answerRecordSchema.pick({
    criteria: true,
    probabilities: true,
    rationale: true,
    rewardRationale: true,
    parts: true,
  }).shape,
});
export type ScoredAnswer = z.infer<typeof scoredAnswerSchema>;

/** A person's choice between two answers to one prompt. */
export const pickSchema = z.object({
  id: z.string().min(1).max(100).describe("chosen by the client, so that a pick that is sent twice counts once"),
  rater: z.string().min(1).max(100),
  prompt: z.string(),
  sides: z.array(side).length(2),
  answers: z.array(z.string()).length(2),
  choice: z.enum(["first", "second", "tie"]),
  blind: z.boolean().describe("whether it was hidden whose answers they are"),
  comment: z.string().max(10_000).optional(),
});
export type Pick = z.infer<typeof pickSchema>;

// ---------------------------------------------------------------------------------------------------------- requests

interface Verb {
  readonly core?: true;
  readonly summary: string;
  readonly params: z.ZodType;
  readonly result: z.ZodType;
}

export const requests = {
  "sparring/hello": {
    core: true,
    summary: "The first message of every client. Other requests are refused before it.",
    params: z.object({
      protocol: z.number().int(),
      client: z.object({ name: z.string().max(100), version: z.string().max(100) }),
    }),
    result: z.object({
      protocol: z.number().int(),
      compatible: z.boolean().describe("false: only core verbs are answered"),
      version: z.string(),
      build: z.string().describe("hash of the program's files, or `source`"),
      home: z.string(),
      pid: z.number().int(),
      startedAt: time,
    }),
  },
  "sparring/run/list": {
    core: true,
    summary: "All runs, the newest first.",
    params: z.object({ after: run.optional(), limit: z.number().int().min(1).max(1000).default(200) }),
    result: z.object({ runs: z.array(runOverviewSchema), next: run.nullable().describe("give it as `after`") }),
  },
  "sparring/run/pause": {
    core: true,
    summary: "Holds a run within the engine's abort latency, in the middle of a phase; memory is kept.",
    params: z.object({ run }),
    result: runOverviewSchema,
  },
  "sparring/run/resume": {
    core: true,
    summary: "Goes on with a paused run at once; queues a stopped, failed or interrupted one.",
    params: z.object({ run }),
    result: runOverviewSchema,
  },
  "sparring/run/stop": {
    core: true,
    summary: "Ends a run after its last finished round; it can be resumed.",
    params: z.object({ run }),
    result: runOverviewSchema,
  },
  "sparring/run/watch": {
    core: true,
    summary: "Subscribes this client to a run's progress, at most 10 snapshots a second.",
    params: z.object({ run }),
    result: z.object({ overview: runOverviewSchema, progress: progressSchema.nullable() }),
  },
  "sparring/run/unwatch": { core: true, summary: "Ends a subscription.", params: z.object({ run }), result: z.null() },

  "sparring/run/start": {
    summary: "Queues a run. Sent again with the same id and config, it answers with that run.",
    params: z.object({
      run,
      config,
      file: z
        .string()
        .optional()
        .describe("the config file it came from; settings that need trust ask for its folder's"),
      workspace: z.string().optional(),
      agree,
    }),
    result: runOverviewSchema,
  },
  "sparring/run/fork": {
    summary: "Queues a run that goes on from a round of another one, with changed settings or without.",
    params: z.object({
      run,
      parent: run,
      round: round.optional().describe("one with a checkpoint, or the last; the newest there is, if left out"),
      settings: z.array(z.string()).default([]).describe("key=value"),
      file: z
        .string()
        .max(4096)
        .optional()
        .describe(
          "the config file they came from: those that need trust ask for its folder's; a person's own need none",
        ),
      workspace: z.string().optional(),
      agree,
    }),
    result: runOverviewSchema,
  },
  "sparring/run/agree": {
    summary: "Says that the user agrees to have the queries and answers of a run that is there sent to servers.",
    params: z.object({ run, origins: z.array(z.string().max(2000)).min(1).max(16) }),
    result: z.object({ agreed: z.array(z.string()).describe("the origins of all that was agreed to so far") }),
  },
  "sparring/config/check": {
    summary: "Reads the text of a config, and says everything that is wrong with it.",
    params: z.object({
      ...configText,
      settings: z.array(z.string()).default([]).describe("key=value, which win over the text"),
    }),
    result: z.object({
      config: config.nullable().describe("complete, to be started with run/start; null where there are problems"),
      problems: configProblems,
      warnings: configProblems,
    }),
  },
  "sparring/run/config": {
    summary: "A run's config as the text of a file, to be changed and forked with, or started again.",
    params: z.object({ run }),
    result: z.object({ text: z.string() }),
  },
  "sparring/run/changes": {
    summary: "What a fork with this text would change, before it is made.",
    params: z.object({ run, ...configText }),
    result: z.object({
      changes: z.array(z.object({ key: z.string(), from: z.unknown(), to: z.unknown() })),
      settings: z.array(z.string()).describe("key=value, for run/fork"),
      problems: configProblems,
      warnings: configProblems,
    }),
  },
  "sparring/run/get": {
    summary: "Everything about a run but its rounds.",
    params: z.object({ run }),
    result: z.object({
      overview: runOverviewSchema,
      dir: z.string(),
      config,
      lineage: lineageSchema.nullable().describe("null while it waits for its first start"),
      record: runRecordSchema.nullable(),
      checkpoints: z.array(checkpointSchema),
      progress: progressSchema.nullable(),
      notes: z.array(z.string()).describe("what a start-up found to be out of order, and other warnings"),
    }),
  },
  "sparring/run/log": {
    summary: "The newest lines of a run's log.",
    params: z.object({
      run,
      lines: z.number().int().min(1).max(1000).default(100),
      level: z.enum(["debug", "info", "warn", "error"]).default("info"),
    }),
    result: z.object({ lines: z.array(z.string()), file: z.string() }),
  },
  "sparring/round/list": {
    summary: "Finished rounds in order, a page at a time.",
    params: z.object({
      run,
      after: z.number().int().min(-1).default(-1).describe("only later rounds"),
      limit: z.number().int().min(1).max(1000).default(1000),
    }),
    result: z.object({ rounds: z.array(roundRecordSchema), more: z.boolean() }),
  },
  "sparring/round/get": {
    summary: "A round's queries with their answers, a page at a time.",
    params: z.object({ run, round, from: z.number().int().nonnegative().default(0).describe("index of a query") }),
    result: z.object({ queries: z.array(queryRecordSchema), next: z.number().int().nullable().describe("as `from`") }),
  },
  "sparring/round/series": {
    summary: "Metrics of all finished rounds as columns, for charts: to six significant digits.",
    params: z.object({
      run,
      metrics: z.array(z.string().max(100)).min(1).max(64).describe("names in rounds.jsonl; unknown ones are all null"),
      after: z.number().int().min(-1).default(-1).describe("only later rounds"),
    }),
    result: z.object({
      rounds: z.array(round),
      series: z.record(z.string(), z.array(z.number().nullable())).describe("per metric, a value a round"),
      alarms: z.array(alarmSchema).describe("those that began in these rounds, in order"),
    }),
  },
  "sparring/round/document": {
    summary: "A round as a text to read; the language server answers about it under the same URI.",
    params: z.object({ run, round }),
    result: z.object({ text: z.string() }),
  },
  "sparring/round/tokens": {
    summary:
      "The tokens of a query and of its answers as pieces of text: they belong to the log-probabilities of round/get.",
    params: z.object({ run, round, query: z.number().int().nonnegative() }),
    result: z.object({ query: z.array(z.string()), answers: z.array(z.array(z.string())) }),
  },
  "sparring/checkpoint/list": {
    summary: "Checkpoints, oldest first.",
    params: z.object({ run }),
    result: z.object({ checkpoints: z.array(checkpointSchema) }),
  },
  "sparring/checkpoint/chat": {
    summary: "Answers a conversation with a run's weights, between two steps of its training.",
    params: z.object({
      run,
      messages: z
        .array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() }))
        .min(1)
        .max(200),
      maxTokens: z.number().int().min(1).max(4096).default(256),
      ...sampling,
    }),
    result: z.object({
      text: z.string(),
      tokens: z.number().int(),
      stop: z.enum(["stop", "length"]),
      waitedSeconds: waited,
      weights: z.string().describe("whose weights answered, in words"),
    }),
  },
  "sparring/checkpoint/export": {
    summary: "Writes a run's weights for use elsewhere, and reads them back before it says done.",
    params: z.object({
      run,
      weights: chosenWeights,
      format: z
        .enum(["hf", "peft"])
        .default("hf")
        .describe("a merged Hugging Face folder, or a PEFT adapter (LoRA runs only)"),
      dir: z.string().max(4096).describe("an absolute path; must not exist, or be empty"),
      ...task,
    }),
    result: z.object({
      dir: z.string(),
      files: z.array(z.string()),
      bytes: z.number().int(),
      weights: z.string().describe("whose weights, in words"),
      checked: z.string().describe("how the files were checked, as a sentence"),
      largestDifference: z.number().describe("of the log-probabilities that were compared, nat"),
    }),
  },
  "sparring/checkpoint/evaluate": {
    summary: "Measures a run's weights on held-out tasks, and against other weights where `against` names some.",
    params: z.object({
      run,
      weights: chosenWeights,
      against: z
        .object({ run, weights })
        .optional()
        .describe("of a run of the same task; `reference` weights of the run itself are its base"),
      judge: z
        .enum(["verifier", "self-reward", "pairwise"])
        .default("verifier")
        .describe(
          "`self-reward` scores each answer by itself; `pairwise` is asked which of two is better, in both orders",
        ),
      limit: z.number().int().min(1).max(100_000).optional().describe("tasks; all, if left out"),
      seed: z.number().int().min(0).default(0),
      ...task,
    }),
    result: z.object({
      weights: z.string(),
      tasks: z.number().int(),
      accuracy: estimate.describe("share answered right, greedily; 95 % Wilson interval"),
      against: z
        .object({
          weights: z.string(),
          accuracy: estimate,
          winRate: estimate.describe("ties count half"),
          wins: z.number().int(),
          ties: z.number().int().describe("among them those that the judge saw differently with positions swapped"),
          swapped: z.number().int().describe("pairs on which the judge's two orders disagree"),
          losses: z.number().int(),
          unscored: z.number().int().describe("pairs without a judgement; they count nowhere"),
        })
        .optional(),
    }),
  },
  "sparring/sample/export": {
    summary: "Writes a run's self-play data as JSON lines: TRL's completions, or preference pairs.",
    params: z.object({
      run,
      data: z.enum(["completions", "preferences"]),
      first: round.default(1),
      last: round.optional().describe("the last finished round, if left out"),
      file: z.string().max(4096).describe("an absolute path that does not exist"),
      ...task,
    }),
    result: z.object({ file: z.string(), rows: z.number().int(), rounds: z.number().int(), bytes: z.number().int() }),
  },
  "sparring/sample/replay": {
    summary: "Plays a stored query again: fresh answers by any of the run's weights, scored by its judges.",
    params: z.object({
      run,
      round,
      query: z.number().int().nonnegative(),
      answers: z.number().int().min(1).max(64).default(8),
      ...sampling,
    }),
    result: z.object({
      query: z.string(),
      answers: z.array(scoredAnswerSchema),
      waitedSeconds: waited,
      weights: z.string(),
    }),
  },
  "sparring/checkpoint/compare": {
    summary: "Lets two weights answer the same prompts with the same noise.",
    params: z.object({
      sides: z.array(side).length(2),
      prompts: z.union([
        z
          .object({ round, queries: z.array(z.number().int().nonnegative()).max(64) })
          .describe("queries of the first side's run"),
        z.object({ heldOut: z.number().int().min(1).max(64) }).describe("the first held-out tasks"),
        z.object({ texts: z.array(z.string().min(1).max(20_000)).min(1).max(64) }),
      ]),
      maxTokens: z
        .number()
        .int()
        .min(1)
        .max(4096)
        .optional()
        .describe("the first run's limit for answers, if left out"),
      temperature: z.number().min(0).max(10).default(1),
      seed: z.number().int().min(0).default(0),
      ...task,
    }),
    result: z.object({
      weights: z.array(z.string()).length(2).describe("whose weights, in words"),
      prompts: z.array(
        z.object({
          text: z.string(),
          expected: z.string().optional().describe("the verifier's answer"),
          answers: z.array(scoredAnswerSchema).length(2),
        }),
      ),
    }),
  },
  "sparring/comparison/pick": {
    summary:
      "Records which of two answers a person prefers, flushed to disk before the answer; in the first side's run.",
    params: z.object({ pick: pickSchema }),
    result: z.object({ picks: z.number().int() }),
  },
  "sparring/comparison/unpick": {
    summary: "Takes a choice back.",
    params: z.object({ run, id: z.string().min(1).max(100) }),
    result: z.object({ picks: z.number().int() }),
  },
  "sparring/comparison/list": {
    summary: "The choices that stand, in the order in which they were made.",
    params: z.object({ run }),
    result: z.object({ picks: z.array(pickSchema.extend({ at: time })) }),
  },
  "sparring/sample/next": {
    summary:
      "What a rater rates next: answers whose ratings teach most of the judge, and a few that they rated before. Scores are left out.",
    params: z.object({
      run,
      rater: z.string().min(1).max(100),
      count: z.number().int().min(1).max(100).default(20),
      first: round.default(1),
      last: round.optional(),
      only: z
        .object({ query: sampleRef.query, answer: sampleRef.answer.optional() })
        .optional()
        .describe("in round `first`"),
    }),
    result: z.object({
      samples: z.array(
        z.object({
          ...sampleRef,
          queryText: z.string(),
          answerText: z.string(),
          tokens: z.number().int(),
          stop: z.enum(["stop", "length"]),
          reason: z
            .string()
            .optional()
            .describe("why it was picked; never which way a scorer errs. Absent where the client named it"),
        }),
      ),
    }),
  },
  "sparring/sample/rate": {
    summary:
      "Adds a rating by hand, flushed to disk before the answer. The client chooses its id, so it can be sent twice.",
    params: z.object({ run, rating: ratingSchema.omit({ at: true }) }),
    result: z.object({ ratings: z.number().int() }),
  },
  "sparring/sample/unrate": {
    summary: "Takes a rating back.",
    params: z.object({ run, id: z.string().min(1).max(100) }),
    result: z.object({ ratings: z.number().int() }),
  },
  "sparring/rating/list": {
    summary: "The ratings that stand, in the order in which they were made.",
    params: z.object({
      run,
      from: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(1000).default(1000),
    }),
    result: z.object({ ratings: z.array(ratingSchema), more: z.boolean() }),
  },
  "sparring/judge/agreement": {
    summary: "How far judge and people agree, from the blind ratings of a run's answers.",
    params: z.object({
      run,
      first: round.default(1),
      last: round.optional(),
      rater: z.string().min(1).max(100).optional().describe("only this rater's ratings"),
    }),
    result: z.object({
      compared: z
        .string()
        .describe("whose scores are compared with people's, and how they lie on the scale 0–7, as a sentence"),
      overall: scoreAgreementSchema,
      criteria: z.array(z.object({ criterion: z.number().int().describe("1–7"), ...criterionAgreement })),
      reliability: z
        .array(
          z.object({ judge: z.number().int().describe("its score, rounded"), ratings: count, human: measureSchema }),
        )
        .describe("what people give on average where the judge gives a score"),
      byRounds: z.array(z.object({ first: round, last: round }).extend(scoreAgreementSchema.shape)),
      byKind: z.array(z.object({ kind: z.string() }).extend(scoreAgreementSchema.shape)).describe("kinds of queries"),
      raters: z.object({
        retest: z.array(z.object({ rater: z.string(), ...ratingsAgreement })).describe("with themself, later"),
        pairs: z.array(z.object({ raters: z.tuple([z.string(), z.string()]), ...ratingsAgreement })),
        alpha: z.object({ answers: count, measure: measureSchema }).describe("Krippendorff's, interval metric"),
      }),
      left: z
        .object({ notBlind: count, skipped: count, unjudged: count })
        .describe("ratings that count nowhere; `unjudged`: of answers without a judge's score, or that are gone"),
      health: z
        .array(z.object({ metric: z.string(), share: z.number() }))
        .describe("what goes wrong in judging, as shares, means over rounds; metrics of the rounds"),
    }),
  },
  "sparring/engine/estimate": {
    summary: "What a config would need, before it is started.",
    params: z.object({ config }),
    result: z.object({
      bytes: z.number().nullable().describe("peak memory; null where the model is not on this machine yet"),
      parts: z.array(z.object({ what: z.string(), bytes: z.number() })),
      free: z.number().nullable().describe("memory that is free on the device now, bytes; null where nothing tells"),
      advice: z.string().optional().describe("which setting to change first, where it does not fit"),
      basis: z.string().describe("what the estimate rests on, as a sentence"),
    }),
  },
  "sparring/engine/list": {
    summary: "The engines, and whether each can be used here.",
    params: z.object({}),
    result: z.object({
      engines: z.array(z.object({ name: z.string(), available: z.boolean(), about: z.string() })),
    }),
  },
  "sparring/engine/setup": {
    summary:
      "Makes the torch engine usable: finds or makes a Python environment, installs what is missing, and checks the GPU.",
    params: z.object({
      python: z
        .string()
        .max(4096)
        .optional()
        .describe("an interpreter whose environment is to be used in place of the one that Sparring makes"),
      install: z.boolean().default(true).describe("false: only looks"),
      ...task,
    }),
    result: z.object({
      ready: z.boolean(),
      python: z.string().nullable().describe("the interpreter that runs will use; null where there is none yet"),
      findings: z.array(
        z.object({
          what: z.string().describe("e.g. `Python`, `PyTorch`, `GPU`, `driver`, `memory`"),
          state: z.enum(["good", "warning", "problem"]),
          text: z.string(),
          next: z.string().optional().describe("what to do about it"),
        }),
      ),
    }),
  },
  "sparring/trust/list": {
    summary: "Folders whose configs may name programs and servers.",
    params: z.object({}),
    result: z.object({ folders: z.array(z.object({ folder: z.string(), since: time })) }),
  },
  "sparring/trust/grant": {
    summary: "Trusts a folder and those below it.",
    params: z.object({ folder: z.string().max(4096) }),
    result: z.null(),
  },
  "sparring/trust/revoke": {
    summary: "Takes the trust in a folder back.",
    params: z.object({ folder: z.string().max(4096) }),
    result: z.null(),
  },
  "sparring/key/give": {
    summary: "Gives the daemon a key for one origin. It stays in memory and is sent to that origin only.",
    params: z.object({ origin: z.string().max(2000), key: z.string().min(1).max(10_000) }),
    result: z.null(),
  },
  "sparring/key/forget": {
    summary: "Forgets the key of an origin.",
    params: z.object({ origin: z.string().max(2000) }),
    result: z.null(),
  },
  "sparring/daemon/status": {
    core: true,
    summary: "The daemon itself.",
    params: z.object({}),
    result: z.object({
      version: z.string(),
      pid: z.number().int(),
      startedAt: time,
      home: z.string(),
      log: z.string().nullable().describe("its log file; null where it writes to a terminal"),
      rssBytes: z.number().int(),
      clients: z.number().int(),
      device: z.object({
        name: z.string(),
        training: z.string().nullable().describe("the run that holds it"),
        waiting: z.number().int().describe("interactive requests that wait for it"),
      }),
    }),
  },
  "sparring/daemon/shutdown": {
    core: true,
    summary:
      "Ends the daemon. Refused while a run is active, unless forced: then that run is interrupted and can be resumed.",
    params: z.object({ force: z.boolean().default(false) }),
    result: z.null(),
  },
} as const satisfies Record<string, Verb>;

export type Method = keyof typeof requests;
/** What a client sends: defaults may be left out. */
export type ParamsOf<M extends Method> = z.input<(typeof requests)[M]["params"]>;
/** What a handler gets: validated, with defaults. */
export type ValidParamsOf<M extends Method> = z.output<(typeof requests)[M]["params"]>;
export type ResultOf<M extends Method> = z.infer<(typeof requests)[M]["result"]>;

// ------------------------------------------------------------------------------------------------------ notifications

interface Announcement {
  readonly core?: true;
  readonly summary: string;
  readonly params: z.ZodType;
}

/** All go from the daemon to its clients. */
export const notifications = {
  "sparring/run/changed": {
    core: true,
    summary: "A run came into being or into another state. To all clients.",
    params: runOverviewSchema,
  },
  "sparring/round/progress": {
    core: true,
    summary: "A snapshot of a watched run. A slow reader gets fewer of them, never old ones.",
    params: progressSchema,
  },
  "sparring/task/progress": {
    summary: "How far a long request is. To the client that sent it.",
    params: z.object({
      task: z.string(),
      what: z.string().describe("what it does now, as a phrase"),
      done: z.number(),
      total: z.number(),
    }),
  },
  "sparring/alarm": {
    summary: "Alarms began with a round. To all clients.",
    params: z.object({
      run,
      round,
      alarms: z.array(alarmRecordSchema).min(1),
      pauses: z.boolean().describe("whether the run pauses itself because of them"),
    }),
  },
  "sparring/rating/changed": {
    summary: "A run's ratings changed. To all clients.",
    params: z.object({ run, ratings: z.number().int() }),
  },
} as const satisfies Record<string, Announcement>;

export type NotificationMethod = keyof typeof notifications;
export type NotificationParamsOf<M extends NotificationMethod> = z.infer<(typeof notifications)[M]["params"]>;

// ------------------------------------------------------------------------------------------------------------- errors

/** JSON-RPC's code of every error that a person can act on; `data` says which. */
export const problemErrorCode = -32000;

/** `data` of such an error; `problems` where there are several, as in a config; `origins` with `run/needs-agreement`. */
export const errorDataSchema = problemSchema.extend({
  problems: z.array(problemSchema).optional(),
  origins: z.array(z.string()).optional(),
});
export type ErrorData = z.infer<typeof errorDataSchema>;
