/** When a run warns that its game goes wrong, and what is done then: the section `alarms` of the config, see schema.ts. */
import { z } from "zod";

const actions = ["warn", "pause", "off"] as const;

/** What is done about one kind. */
const action = z
  .enum(actions)
  .optional()
  .describe("What is done about this alarm: `warn`, `pause` or `off`. Default: that of alarms.action.");

const share = z.number().min(0).max(1);

/** Thresholds are means over `window` rounds; docs/alarms.md says on which runs they were measured. */
export const alarmsSchema = z.strictObject({
  action: z
    .enum(actions)
    .default("warn")
    .describe(
      "What is done when the game goes wrong: `warn`, the round says so; `pause`, the run pauses itself after the round, too, and goes on when somebody resumes it; `off`, nothing is looked for. Each alarm may have an action of its own. [ours]",
    ),
  window: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe(
      "Alarms look at means over so many rounds. One that is on is over, and may begin again, after three times as many good rounds in a row. [ours]",
    ),
  kl: z
    .strictObject({
      above: z
        .number()
        .positive()
        .max(1000)
        .default(1.5)
        .describe(
          "KL of a role to the reference, nat a token. Chosen on builtin:nano; large models are far from home much earlier. [ours]",
        ),
      action,
    })
    .prefault({})
    .describe("The policy drifts away from its reference."),
  length: z
    .strictObject({
      factor: z
        .number()
        .gt(1)
        .max(1000)
        .default(2)
        .describe("How many times as long, or shorter, texts are than in the run's first rounds. [ours]"),
      action,
    })
    .prefault({})
    .describe("Queries or answers become much longer or shorter."),
  repetition: z
    .strictObject({
      above: share.default(0.2).describe("Share of answers that repeat themselves. [ours]"),
      action,
    })
    .prefault({})
    .describe("Answers go round and round: half of their token bigrams were there before."),
  diversity: z
    .strictObject({
      below: share
        .default(0.9)
        .describe("Mean bigram distance of the queries, as a share of that in the run's first rounds. [ours]"),
      action,
    })
    .prefault({})
    .describe("The Challenger's queries become alike. lsp and lsp-zero only."),
  style: z
    .strictObject({
      above: share
        .default(0.3)
        .describe("Share of answers that look like code, among those to queries that ask for none. [ours]"),
      action,
    })
    .prefault({})
    .describe("The Solver answers in code where nobody asked for any."),
  judge: z
    .strictObject({
      rise: share.default(0.02).describe("How far the judge's mean score rose, as a share of its range. [ours]"),
      fall: share
        .default(0.05)
        .describe(
          "How far meanwhile the verifier's share of right answers is below that of the first rounds, or the held-out accuracy below its best. [ours]",
        ),
      action,
    })
    .prefault({})
    .describe("The judge likes answers more and more while they get worse: both must have happened."),
  contrast: z
    .strictObject({
      above: share.default(0.7).describe("Share of answered groups without any advantage. [ours]"),
      action,
    })
    .prefault({})
    .describe("All answers to a query earn the same, so nothing is learned from it."),
  unscored: z
    .strictObject({
      above: share.default(0.2).describe("Share of answers that a judge gave no score. [ours]"),
      action,
    })
    .prefault({})
    .describe("A judge can't do its work."),
  admission: z
    .strictObject({
      below: share.default(0.5).describe("Share of queries that are admitted. [ours]"),
      action,
    })
    .prefault({})
    .describe("The Challenger writes texts that are no valid task. lsp and lsp-zero only."),
});
