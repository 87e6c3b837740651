import type { Completion } from "../../engine/engine.ts";
import { SparringError } from "../../errors.ts";
import type { Judgement, Pair, Scorer } from "../../judge/scorer.ts";
import type { ResultOf, ScoredAnswer, ValidParamsOf } from "../../protocol.ts";
import { judgesOf } from "../judging/judges.ts";
import type { ComparedPrompt } from "./compared-prompts.ts";
import type { Errand } from "./errand.ts";
import { inTurns } from "./in-turns.ts";
import type { Lender, Loan } from "./lender.ts";
import { scoredAnswer } from "./scored-answer.ts";

type Params = ValidParamsOf<"sparring/checkpoint/compare">;
type Result = ResultOf<"sparring/checkpoint/compare">;

/** Prompts of one turn on the device: training goes on between two of them. */
const promptsPerTurn = 8;

/** What some weights answered. */
interface Answers {
  readonly words: string;
  /** Folder of the model whose tokenizer the tokens are of. */
  readonly tokensOf: string;
  readonly answers: readonly Answer[];
}

interface Answer extends Completion {
  readonly text: string;
}

/**
 * Lets two weights answer the same prompts, one after the other. The noise of an answer is keyed by the request's seed and the
 * prompt's place, and by nothing of the side: so equal weights give equal answers, and differences come from the weights. The
 * judges of the first side's run score what is a query of its task; the reward of a judge of pairs says which of the two won.
 * @param maxTokens longest answer; shorter where the model reads no more
 * @throws SparringError `run/prompt-too-long`, those of the Lender; AbortedError
 */
export async function compareWeights(
  lender: Lender,
  { sides, temperature, seed }: Params,
  prompts: readonly ComparedPrompt[],
  maxTokens: number,
  errand: Errand,
): Promise<Result> {
  const [ours, theirs] = sides as [Params["sides"][0], Params["sides"][0]];
  const { signal } = errand;
  const sampling = { temperature, seed, maxTokens };
  const told = (side: number): Errand => ({
    signal,
    onProgress: (what, done, total) => errand.onProgress(what, side * total + done, 2 * total),
  });
  // The first side comes last, because its judges need its engine again: a change of engines takes seconds.
  const second = await lender.lendFrozen(theirs.run, theirs.weights, signal, (loan) =>
    answerAll(loan, theirs.run, prompts, sampling, told(0)),
  );
  return lender.lendFrozen(ours.run, ours.weights, signal, async (loan) => {
    const first = await answerAll(loan, ours.run, prompts, sampling, told(1));
    const scored = await scoreAll(loan, prompts, [first, second], seed, errand);
    return {
      weights: [first.words, second.words],
      prompts: prompts.map(({ text, expected }, i) => ({
        text,
        ...(expected !== undefined && { expected }),
        answers: scored[i]!,
      })),
    };
  });
}

interface Sampling {
  readonly temperature: number;
  readonly seed: number;
  readonly maxTokens: number;
}

async function answerAll(
  { player, session, words, turn }: Loan,
  run: string,
  prompts: readonly ComparedPrompt[],
  { temperature, seed, maxTokens }: Sampling,
  { signal, onProgress }: Errand,
): Promise<Answers> {
  const { engine, policy, game } = player;
  const { tokenizer } = game;
  const { maxSequence } = engine.capabilities;
  const requests = prompts.map(({ messages }, query) => {
    const prompt = tokenizer.renderPrompt(messages);
    if (prompt.length >= maxSequence) throw promptTooLong(query, prompt.length, run, maxSequence);
    return { prompt, key: { seed, round: 0, role: "interactive" as const, query, answer: 0 } };
  });
  const answers: Answer[] = [];
  for (let first = 0; first < requests.length; first += promptsPerTurn) {
    onProgress(`${run} (${words}) answers`, first, requests.length);
    const some = requests.slice(first, first + promptsPerTurn);
    const longest = Math.max(...some.map(({ prompt }) => prompt.length));
    const options = {
      policy,
      temperature,
      maxTokens: Math.min(maxTokens, maxSequence - longest),
      stopTokens: tokenizer.stopTokens,
      signal,
    };
    const completions = await turn(() => engine.sample(some, options));
    answers.push(...completions.map((each) => ({ ...each, text: tokenizer.decode(each.tokens) })));
  }
  return { words, tokensOf: session.model.dir, answers };
}

/**
 * Scores the answers to queries of the task, on the first side's engine: by prompt, then by side. To a judge of pairs the two answers
 * to a prompt are each other's opponents; any other takes the same noise for both, so that equal answers get equal scores.
 */
async function scoreAll(
  { player, session, turn }: Loan,
  prompts: readonly ComparedPrompt[],
  sides: readonly [Answers, Answers],
  seed: number,
  { signal }: Errand,
): Promise<ScoredAnswer[][]> {
  const { game, engine } = player;
  const { tokenizer } = game;
  const { reward, selfReward } = judgesOf({ ...game, engine: inTurns(engine, turn) });
  const pairOf = (i: number, { answers, tokensOf }: Answers): Pair => {
    const { text: query, messages } = prompts[i]!;
    const { tokens, text: answer, stop } = answers[i]!;
    // Another model's tokens mean nothing to a judge that measures this one's likelihood.
    const response =
      tokensOf === session.model.dir
        ? tokens
        : [...tokenizer.encode(answer), ...(stop === "stop" ? [tokenizer.eosToken] : [])];
    return {
      query,
      answer,
      stop,
      duplicate: false,
      key: { seed, round: 0, role: "interactive", query: i, answer: 0 },
      sequence: { prompt: tokenizer.renderPrompt(messages), response },
    };
  };
  const scored: ScoredAnswer[][] = [];
  for (let first = 0; first < prompts.length; first += promptsPerTurn) {
    const places = [...prompts.keys()].slice(first, first + promptsPerTurn);
    const judged = places.filter((i) => prompts[i]!.isOfTask);
    const bySide = sides.map((side) => judged.map((i) => pairOf(i, side)));
    const batches = game.config.judge.reward.kind === "pairwise" ? [met(bySide)] : bySide;
    const rewards = await scoreBatches(reward, batches, signal);
    const selfRewards = selfReward && (await scoreBatches(selfReward, bySide, signal));
    for (const i of places) {
      const at = judged.indexOf(i);
      const answers = sides.map((side, nr) => {
        const place = nr * judged.length + at;
        const [R, RQ] = at < 0 ? [] : [rewards[place], selfRewards?.[place]];
        return scoredAnswer(side.answers[i]!, side.answers[i]!.text, R, RQ);
      });
      scored.push(answers);
    }
  }
  return scored;
}

/** The judgements of all batches, one batch after the other. */
async function scoreBatches(
  scorer: Scorer,
  batches: readonly (readonly Pair[])[],
  signal: AbortSignal,
): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (const batch of batches) judgements.push(...(await scorer.score(batch, { signal })));
  return judgements;
}

/** All sides' answers as one batch, in which those to a prompt are a group: each has its side's number. */
function met(bySide: readonly (readonly Pair[])[]): Pair[] {
  return bySide.flatMap((pairs, side) => pairs.map((pair) => ({ ...pair, key: { ...pair.key, answer: side } })));
}

function promptTooLong(place: number, tokens: number, run: string, maxSequence: number): SparringError {
  return new SparringError(
    "run/prompt-too-long",
    `Prompt ${place} has ${tokens} tokens, and the model of run "${run}" reads at most ${maxSequence}, answer included.`,
    "Shorten it.",
  );
}
