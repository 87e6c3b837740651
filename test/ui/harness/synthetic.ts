import { alarmsSchema } from "../../../daemon/config/alarms-section.ts";
import type { Alarm, Progress } from "../../../daemon/protocol.ts";
import { chartMetrics } from "../../../webview/rounds/charts/chart-specs.ts";
import { additionRecording, type RecordedRound, type Recording } from "./recording.ts";

/** Numbers in [0, 1) from a seed: mulberry32, the same on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a hostile model writes: markup, terminal escapes, direction overrides, invisible characters. */
export const hostileText =
  '<script>document.title="owned"</script><img src=x onerror="document.title=1"> \u001b[31mred\u001b[0m \u202egnp.exe\u202c a\u200bb\u2066\ue000';

const tasks = [
  "Find the remainder when 7²²² + 3 is divided by 11.",
  "Write a limerick about a compiler without using the letter “e”.",
  "A tank holds 6 L, gains 3/4 L a minute and leaks 2/5 L a minute. After how many minutes does it hold 20 L?",
  "How many three-digit numbers have digits that sum to 9 and end in an odd digit?",
  "Summarise the rules of cricket in exactly 40 words for a chess player.",
  "A shop marks a jacket up by 25 %, then takes 20 % off. With a further 4 € coupon Dana pays 48 €. What did the jacket cost before the mark-up?",
  "Explain to a ten-year-old why the sky is blue, and why it is not violet.",
  "Turn these notes into three action items, each with an owner and a date: Ana ships v2 by 3 May …",
  "Evaluate 3 × (17 − 4²) + 126 ÷ 9 − 5.",
  "Give two reasons for and two against learning Esperanto, as a table.",
  "Round 48.655 to one decimal place, then add one eighth of 96.",
  "Rewrite politely: “Send me the file now.”",
  "What is 15 % of 240, minus 6²?",
  "Add 408 and 597.",
];

const words =
  "the price before mark up after it is so we take away from both sides and divide by which gives a jacket cost of euros then add back coupon was applied with discount first work backwards final answer therefore equals plus minus let be x".split(
    " ",
  );

/** A played round with long answers of every kind: right, wrong, cut, unscored, disputed, without contrast, hostile. */
function syntheticRound(seed: number, limit: number): RecordedRound {
  const random = numbers(seed);
  const tokens: Record<string, { query: string[]; answers: string[][] }> = {};
  const queries: RecordedRound["queries"] = tasks.map((text, index) => {
    const share = (index + 0.5) / tasks.length;
    const same = index >= tasks.length - 2;
    const drafts = Array.from({ length: 6 }, (_, a) => answerOf(random, share, same, limit, index === 5 && a === 3));
    const V = drafts.reduce((sum, { reward }) => sum + (reward ?? 0), 0) / drafts.length;
    const mean = drafts.reduce((sum, { reward, selfReward }) => sum + (reward ?? 0) + (selfReward ?? 0) / 7, 0) / 6;
    tokens[index] = { query: text.split(/(?= )/), answers: drafts.map(({ pieces }) => pieces) };
    return {
      index,
      text: index === 6 ? `${text} ${hostileText}` : text,
      tokens: [1],
      logprobs: [-1],
      referenceLogprobs: [-1],
      stop: "stop",
      admitted: true,
      V,
      VQ: null,
      advantage: 0.4 * (0.55 - V),
      expected: index % 2 === 0 ? "52 €" : undefined,
      answers: drafts.map(({ pieces: _, ...answer }) => ({
        ...answer,
        advantage: same || answer.unscored ? 0 : (answer.reward ?? 0) + (answer.selfReward ?? 0) / 7 - mean,
      })),
    };
  });
  const dropped = (index: number, text: string, reason: string): (typeof queries)[number] => ({
    ...queries[0]!,
    index,
    text,
    admitted: false,
    reason,
    V: null,
    advantage: 0,
    answers: [],
  });
  return {
    queries: [
      ...queries,
      dropped(14, "Compute 12 + 12 + 12. Hint: the answer is 36.", "The answer is leaked in the query."),
      dropped(15, "What is 15 percent of 240 minus 6 squared?", "It repeats query 13."),
    ],
    tokens: { ...tokens, 14: { query: [], answers: [] }, 15: { query: [], answers: [] } },
  };
}

type Draft = Omit<RecordedRound["queries"][number]["answers"][number], "advantage"> & { readonly pieces: string[] };

function answerOf(random: () => number, share: number, same: boolean, limit: number, disputed: boolean): Draft {
  const cut = !same && random() < 0.08;
  const unscored = !same && !cut && random() < 0.03;
  const length = cut ? limit : Math.round(12 + 70 * random());
  const pieces = Array.from({ length }, (_, i) => {
    const word = words[Math.floor(random() * words.length)]!;
    return i === 0 ? word : i % 17 === 0 ? `.\n${word}` : ` ${word}`;
  });
  if (random() < 0.06) pieces.splice(2, 1, hostileText);
  if (!cut) pieces.push("<|im_end|>");
  const right = same || (!disputed && random() < share);
  const met = disputed ? 6 : right ? 6 + Math.round(random()) : 2 + Math.round(3 * random());
  const first = Math.floor(random() * 7);
  const criteria = Array.from({ length: 7 }, (_, i) => ((i + first) % 7 < (same ? 7 : met) ? 1 : 0) as 0 | 1);
  const logprobs = pieces.map(() => (random() < 0.55 ? -0.05 * random() : -5 * random() ** 2.5));
  return {
    text: (cut ? pieces : pieces.slice(0, -1)).join(""),
    tokens: pieces.map((_, i) => i),
    logprobs,
    referenceLogprobs: logprobs.map((logprob) => logprob * (0.8 + 0.4 * random())),
    stop: cut ? "length" : "stop",
    reward: unscored ? null : right ? 1 : 0,
    selfReward: unscored ? null : criteria.reduce<number>((sum, criterion) => sum + criterion, 0),
    criteria: unscored ? undefined : criteria,
    rationale: unscored ? undefined : "The solution is well organised and handles the discount correctly.",
    unscored: unscored ? "the judge did not answer within 30 s" : undefined,
    pieces,
  };
}

/** Metrics that drift and shake as those of a run do, over any number of rounds. */
function syntheticSeries(rounds: number): Recording["series"] {
  const random = numbers(7);
  const smooth = (from: number, to: number, noise: number): ((t: number) => number) => {
    let drift = 0;
    return (t) => {
      drift = 0.97 * drift + 0.25 * noise * (random() - 0.5);
      return from + (to - from) * (1 - Math.exp(-2.2 * t)) + drift + noise * (random() - 0.5);
    };
  };
  const shares = (value: number): number => Math.min(1, Math.max(0, value));
  const of: Record<string, (t: number) => number> = {
    "solver/reward": compose(smooth(0.44, 0.6, 0.08), shares),
    "solver/self_reward": smooth(4.2, 5.5, 0.4),
    "challenger/difficulty": compose(smooth(0.55, 0.4, 0.06), shares),
    "challenger/difficulty_p10": compose(smooth(0.2, 0.07, 0.08), shares),
    "challenger/difficulty_p90": compose(smooth(0.92, 0.78, 0.08), shares),
    "challenger/kl_sequence": smooth(0, 4.8, 0.25),
    "solver/kl_sequence": smooth(0, 2.4, 0.12),
    "challenger/admitted": compose(smooth(0.74, 0.92, 0.12), shares),
    "challenger/bigram_distance": compose(smooth(0.9, 0.66, 0.05), shares),
    "solver/completions/mean_length": smooth(118, 97, 16),
    "solver/completions/clipped_ratio": compose(smooth(0.08, 0.04, 0.1), shares),
  };
  const every = Math.max(1, Math.round(rounds / 7));
  const accuracy = smooth(0.53, 0.63, 0.02);
  const numbersOf = Array.from({ length: rounds + 1 }, (_, round) => round);
  const column = (metric: string): (number | null)[] =>
    numbersOf.map((round) => {
      if (metric === "eval/accuracy") return round % every === 0 ? accuracy(round / rounds) : null;
      return round === 0 ? null : (of[metric]?.(round / rounds) ?? null);
    });
  const series = Object.fromEntries(chartMetrics.map((metric) => [metric, column(metric)]));
  return { rounds: numbersOf, series, alarms: syntheticAlarms(rounds) };
}

/** Alarms of every kind, as their rules would word them: those of the design's pictures first, then one every 40 rounds. */
function syntheticAlarms(rounds: number): Alarm[] {
  const later = Array.from({ length: Math.floor(Math.max(0, rounds - 400) / 40) }, (_, i): Alarm => {
    const [kind, severity, sentence] = laterAlarms[i % laterAlarms.length]!;
    return { round: 400 + 40 * i, kind, severity, sentence, samples: [{ query: i % tasks.length }] };
  });
  return [...firstAlarms, ...later].filter(({ round }) => round <= rounds);
}

const firstAlarms: readonly Alarm[] = [
  {
    round: 187,
    kind: "kl",
    severity: "warning",
    brief: "Challenger 1.64",
    sentence: "The Challenger is 1.64 nat a token away from the reference (KL), above 1.5.",
    samples: [{ query: 5 }, { query: 2 }, { query: 11 }],
  },
  {
    round: 241,
    kind: "style",
    severity: "warning",
    brief: "34 %",
    sentence: "34 % of the answers to queries that ask for no code look like code, above 30 %.",
    samples: [
      { query: 6, answer: 2 },
      { query: 4, answer: 0 },
    ],
  },
  {
    round: 289,
    kind: "length",
    severity: "information",
    brief: "Solver × 2.0",
    sentence: "The Solver's answers have 194 tokens on average: 2.0 times as long as in the first rounds.",
    samples: [{ query: 2, answer: 1 }],
  },
  {
    round: 296,
    kind: "judge",
    severity: "warning",
    brief: "+9 %",
    sentence:
      "Since the first rounds the self-reward rose by 9 % of its range, while the share of answers that the verifier calls right fell from 56 % to 48 %.",
    samples: [
      { query: 5, answer: 3 },
      { query: 2, answer: 0 },
      { query: 8, answer: 1 },
    ],
  },
  {
    round: 296,
    kind: "admission",
    severity: "warning",
    brief: "46 %",
    sentence: "Only 46 % of the queries are admitted, below 50 %.",
    samples: [{ query: 14 }, { query: 15 }],
  },
];

const laterAlarms: readonly (readonly [Alarm["kind"], Alarm["severity"], string])[] = [
  [
    "contrast",
    "information",
    "In 72 % of the groups all answers earn the same, above 70 %: the Solver learns nothing from them.",
  ],
  ["repetition", "warning", "23 % of the answers repeat themselves, above 20 %."],
  ["unscored", "warning", "A judge left 21 % of the answers unscored, above 20 %."],
  [
    "diversity",
    "warning",
    "The queries are more alike: their distance in bigrams is 85 % of what it was in the first rounds, below 90 %.",
  ],
];

function compose(f: (t: number) => number, g: (value: number) => number): (t: number) => number {
  return (t) => g(f(t));
}

/** A run of a large model under way, as in the design's pictures. */
export function syntheticRecording({ rounds, of }: { readonly rounds: number; readonly of: number }): Recording {
  const base = additionRecording();
  const limit = 256;
  const every = Math.max(50, Math.round(of / 10));
  const id = "lsp-main";
  const overview: Recording["details"]["overview"] = {
    ...base.details.overview,
    id,
    name: id,
    state: "running",
    task: "general",
    model: "Qwen2.5-1.5B-Instruct",
    round: rounds,
    rounds: of,
    seed: 7,
    parent: { run: "grpo-warm", round: 200 },
  };
  const fork = (name: string, round: number): Recording["runs"][number] => ({
    ...overview,
    id: name,
    name,
    parent: { run: id, round },
  });
  const config = base.details.config as { solver: object; model: object; game: object };
  const checkpoints = Array.from({ length: Math.floor(rounds / every) }, (_, i) => ({
    round: (i + 1) * every,
    bytes: 148e6,
    dir: "",
  }));
  return {
    runs: [overview, fork("lsp-zero", every * 2), fork("lsp-b02", every * 3), fork("lsp-cal", every * 5)],
    details: {
      ...base.details,
      overview,
      checkpoints,
      progress: progressAt(id, rounds, of, 0.63),
      config: {
        ...config,
        model: { path: overview.model, lora: { rank: 32 } },
        game: { task: "general", queries: 16, answers: 6, rounds: of },
        solver: { ...config.solver, max_tokens: limit },
        checkpoints: { every, keep: 100 },
        alarms: alarmsSchema.parse({}),
      },
    },
    ratings: base.ratings.map((rating, i) => ({
      ...rating,
      id: `r${i}`,
      round: Math.round((rounds * (i + 1)) / base.ratings.length),
      query: i % tasks.length,
      answer: i % 6,
      score: rating.score === null ? null : Math.max(1, Math.min(6, rating.score)),
    })),
    series: syntheticSeries(rounds),
    rounds: Object.fromEntries(
      [1, 0.25, 0.5, 0.75, 1].map((share, i) => {
        const round = i === 0 ? 1 : Math.round(rounds * share);
        return [round, syntheticRound(11 + i, limit)];
      }),
    ),
  };
}

/** The same run, rewarded by two judges together, one of which has logits, and judged by the likelihood of each criterion. */
export function ensembleRecording(): Recording {
  const recording = syntheticRecording({ rounds: 312, of: 500 });
  const { details } = recording;
  const judges = {
    reward: { name: "ensemble:reward-model+verifier", low: null, high: null },
    selfReward: { name: "rubric", low: 0, high: 7 },
  };
  const judge = { ...(details.config.judge as object), reward: { kind: "ensemble" } };
  return {
    ...recording,
    details: { ...details, config: { ...details.config, judge }, record: { ...details.record!, judges } },
    rounds: Object.fromEntries(
      Object.entries(recording.rounds).map(([round, { queries, tokens }]) => [
        round,
        { tokens, queries: queries.map((query) => ({ ...query, ...togetherJudged(query.answers) })) },
      ]),
    ),
  };
}

type Judged = Pick<RecordedRound["queries"][number], "V" | "answers">;

function togetherJudged(answers: Judged["answers"]): Judged {
  const judged = answers.map((answer, index) => {
    const logit = answer.reward === null ? null : 4 * answer.reward - 2.35 + 0.4 * index;
    const reward = logit === null ? null : (2 * 0.5 * logit + 1 * 4 * answer.reward!) / 3;
    const probabilities = answer.criteria?.map((met, i) => (met ? 0.97 - 0.03 * i : 0.04 + 0.05 * i));
    return {
      ...answer,
      reward,
      selfReward: probabilities ? probabilities.reduce((sum, p) => sum + p, 0) : null,
      probabilities,
      parts: [
        { judge: "reward-model", value: logit, unscored: answer.unscored, weight: 2, scale: 0.5 },
        { judge: "verifier", value: answer.reward, unscored: answer.unscored, weight: 1, scale: 4 },
      ],
      rewardRationale: answer.reward === null ? undefined : "The verifier found 52 € at the end of the answer.",
    };
  });
  const rewards = judged.flatMap(({ reward }) => reward ?? []);
  const V = rewards.length === 0 ? null : rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
  return { V, answers: judged };
}

/** A run that paused itself after the round of its newest alarms. */
export function alarmPausedRecording(): Recording {
  const recording = syntheticRecording({ rounds: 296, of: 500 });
  const { details } = recording;
  const sentences = recording.series.alarms.filter(({ round }) => round === 296).map(({ sentence }) => sentence);
  const problem = {
    code: "run/alarm",
    message: `The run paused itself after round 296: ${sentences.join(" ")}`,
    next: "Look at the round's samples; then resume the run, which this alarm does not stop again unless it has been over meanwhile, or fork from a checkpoint before with other settings.",
  };
  const overview = { ...details.overview, state: "paused" as const, problem };
  return { ...recording, details: { ...details, overview, progress: { ...details.progress!, state: "paused" } } };
}

/** A snapshot of a run that is solving: `share` of 84 answers. */
export function progressAt(run: string, finished: number, rounds: number, share: number): Progress {
  return {
    run,
    state: "running",
    round: finished + 1,
    rounds,
    finished,
    phase: "solve",
    done: Math.round(84 * share),
    total: 84,
    phaseSeconds: 12,
    usualPhaseSeconds: 20,
    elapsedSeconds: 51 * finished,
    remainingSeconds: 51 * (rounds - finished),
    device: "CPU, 2 threads",
  };
}
