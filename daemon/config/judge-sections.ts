/** The judges that are not the model itself: sections of `judge` in the config, see schema.ts. */
import { z } from "zod";

function isPattern(source: string): boolean {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    return false;
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const tolerance = z.number().min(0).max(1e9).default(0);

/** Rules for answers. */
export const verifierSchema = z.strictObject({
  rule: z
    .enum(["task", "exact", "number", "choice", "regex", "json-schema"])
    .default("task")
    .describe(
      "When an answer is right: `task`, as the task itself says; `exact`, it is the expected text; `number`, its last number is the expected one; `choice`, it names the expected letter, as in (B) or \\boxed{B}; `regex`, `pattern` is found in it; `json-schema`, it is JSON that fits `schema`. The last two need no right answer, so they work in an open game. With game.task: file `task` is `exact`, and held-out questions are graded by the same rule (by `exact`, where it looks at form alone), whoever gives the reward. Only with a verifier, or with game.task: file.",
    ),
  tolerance: tolerance.describe("How far the number may be off. Only with rule: number."),
  relative_tolerance: tolerance.describe(
    "How far the number may be off, as a share of the expected one; the larger of both tolerances counts. Only with rule: number.",
  ),
  pattern: z
    .string()
    .min(1)
    .max(4000)
    .refine(isPattern, { error: "this is no regular expression of JavaScript with the flag u" })
    .optional()
    .describe(
      "A regular expression (JavaScript's, flag u), searched for anywhere in an answer; `^` and `$` tie it to the ends. Only with rule: regex.",
    ),
  schema: z
    .string()
    .min(2)
    .max(100_000)
    .refine(isJsonObject, { error: "this is not the text of a JSON object" })
    .optional()
    .describe("The text of a JSON Schema (draft 2020-12) that refers to no other file. Only with rule: json-schema."),
});

/** A reward model in ONNX. */
export const rewardModelSchema = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => !path.startsWith("builtin:") || path === "builtin:nano-reward", {
      error: "the only built-in reward model is builtin:nano-reward",
    })
    .default("builtin:nano-reward")
    .describe(
      "The reward model: a folder with model.onnx, tokenizer.json, config.json and a chat template, relative to this file (docs/reward-models.md says how to export one); or `builtin:nano-reward`, a small one for sums as nano writes them. Only with the judge `model`.",
    ),
  output: z
    .enum(["sigmoid", "logit"])
    .default("sigmoid")
    .describe(
      "What the reward is: `sigmoid`, 1 / (1 + exp(−logit)), from 0 to 1; `logit`, the model's output as it is, in any range. Only with the judge `model`. [ours]",
    ),
});

/** An OpenAI-compatible server. */
export const endpointSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .refine((url) => !/[?#@]/.test(url), { error: "an address without a user name, ? and #" })
    .optional()
    .describe(
      "The server's base address, e.g. `https://api.openai.com/v1` or `http://127.0.0.1:8000/v1`; requests go to /chat/completions below it, and redirects are not followed. Queries and answers are sent there, once you have agreed to it for the run. Needs this file's folder to be trusted, too. Only with the judge `endpoint`.",
    )
    .meta({ trust: "sends queries and answers to a server", mayBeSecret: true }),
  model: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe("The model's name, as the server knows it. Only with the judge `endpoint`."),
  key_env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable, not a key")
    .max(200)
    .optional()
    .describe(
      "The environment variable of the daemon that holds the key, e.g. OPENAI_API_KEY. A key that was given to the daemon for the server's origin comes first. Left out, no key is sent unless one was given. Needs this file's folder to be trusted. Only with the judge `endpoint`.",
    )
    .meta({ trust: "sends a key from the environment to a server", mayBeSecret: true }),
  temperature: z
    .number()
    .min(0)
    .max(10)
    .default(0)
    .describe("Sampling temperature of the judge's replies. Only with the judge `endpoint`. [ours]"),
  max_tokens: z
    .int()
    .min(1)
    .max(131_072)
    .default(1024)
    .describe(
      "Longest reply, in tokens, whatever the model thinks before it included. A reply that is cut is no judgement. Only with the judge `endpoint`. [ours]",
    ),
  concurrency: z
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe("Requests under way at once, at most. Only with the judge `endpoint`."),
  requests_per_minute: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .describe("Requests sent a minute, at most. Default: no limit. Only with the judge `endpoint`."),
  timeout_seconds: z
    .number()
    .positive()
    // Node's fetch gives up on headers after 300 seconds, whatever it is told.
    .max(300)
    .default(60)
    .describe("How long a reply is waited for. Only with the judge `endpoint`."),
  retries: z
    .int()
    .min(0)
    .max(20)
    .default(4)
    .describe(
      "Further attempts after one that failed, each after a longer wait. An answer that none of them scores is unscored, never 0. Only with the judge `endpoint`.",
    ),
});

/** Which of two answers is better. */
export const pairwiseSchema = z.strictObject({
  by: z
    .enum(["reference", "endpoint"])
    .default("reference")
    .describe(
      "Who is asked: `reference`, the frozen reference model; `endpoint`, the server of judge.endpoint, with that section's temperature and max_tokens. Only with judge.reward.kind: pairwise.",
    ),
  mode: z
    .enum(["generate", "logits"])
    .default("generate")
    .describe(
      "How the reference model is asked: `generate`, it compares in words and gives a verdict; `logits`, which of the letters A and B is the likelier reply, without a word written. A server is asked in words. Only with judge.reward.kind: pairwise. [ours]",
    ),
  opponents: z
    .int()
    .min(1)
    .max(1023)
    .default(3)
    .describe(
      "How many other answers to its query each answer meets, all at most; each meeting is judged twice, so a query with G answers costs G·opponents judgements. An odd number of answers can't each meet an odd number of others: then each meets one more. Only with judge.reward.kind: pairwise. [ours]",
    ),
  temperature: z
    .number()
    .min(0)
    .max(10)
    .default(1)
    .describe(
      "Sampling temperature of the reference model's replies; 0 takes the likeliest. Only with judge.reward.kind: pairwise, by: reference and mode: generate. [ours]",
    ),
  max_tokens: z
    .int()
    .min(1)
    .max(131_072)
    .default(320)
    .describe(
      "Longest reply of the reference model, in tokens: it is told to compare in at most 60 words. A reply that is cut is no verdict. Only with judge.reward.kind: pairwise, by: reference and mode: generate. [ours]",
    ),
});

const part = (judge: string) =>
  z
    .strictObject({
      weight: z.number().min(0).max(1000).default(0).describe(`How much ${judge} has to say; 0: it is not asked.`),
      scale: z
        .number()
        .positive()
        .max(1000)
        .default(1)
        .describe(`Multiplies what ${judge} says, so that judges of different ranges can be added.`),
    })
    .prefault({})
    .describe(`What ${judge} contributes.`);

/** Several judges together. */
export const ensembleSchema = z.strictObject({
  on_missing: z
    .enum(["unscored", "rest"])
    .default("unscored")
    .describe(
      "What becomes of an answer that one of the judges can't score: `unscored`, it has no reward; `rest`, the other judges' weights decide alone.",
    ),
  verifier: part("the verifier"),
  rubric: part("the rubric"),
  model: part("the reward model"),
  endpoint: part("the server"),
});
