import { SparringError } from "../../errors.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { QueryRecord } from "../../store/records.ts";
import { judgesOf } from "../judging/judges.ts";
import type { Player } from "../player.ts";
import { inTurns } from "./in-turns.ts";
import type { Loan } from "./lender.ts";
import { scoredAnswer } from "./scored-answer.ts";

type Chat = ResultOf<"sparring/checkpoint/chat">;
type Replay = ResultOf<"sparring/sample/replay">;

/**
 * Answers a conversation once. Its noise is keyed by the request's seed and the role `interactive`, so it moves no run's stream.
 * @throws SparringError `run/too-long` where the conversation fills the model's context, AbortedError
 */
export async function chat(
  { game, engine, policy }: Player,
  { messages, temperature, seed, maxTokens }: ValidParamsOf<"sparring/checkpoint/chat">,
  signal: AbortSignal,
): Promise<Pick<Chat, "text" | "tokens" | "stop">> {
  const { tokenizer } = game;
  const prompt = tokenizer.renderPrompt(messages);
  const room = engine.capabilities.maxSequence - prompt.length;
  if (room < 1) {
    throw new SparringError(
      "run/too-long",
      `The conversation has ${prompt.length} tokens, and this model reads at most ${engine.capabilities.maxSequence}.`,
      "Begin a new conversation, or shorten the message.",
    );
  }
  const key = { seed, round: 0, role: "interactive" as const, query: messages.length, answer: 0 };
  const [completion] = await engine.sample([{ prompt, key }], {
    policy,
    temperature,
    maxTokens: Math.min(maxTokens, room),
    stopTokens: tokenizer.stopTokens,
    signal,
  });
  const { tokens, stop } = completion!;
  return { text: tokenizer.decode(tokens), tokens: tokens.length, stop };
}

/** Answers a stored query anew, and scores the answers with the run's judges. Between its turns training goes on. @throws AbortedError */
export async function replay(
  { player: { game, engine, policy }, turn }: Pick<Loan, "player" | "turn">,
  { text }: QueryRecord,
  { round, query, answers, temperature, seed }: ValidParamsOf<"sparring/sample/replay">,
  signal: AbortSignal,
): Promise<Pick<Replay, "query" | "answers">> {
  const { tokenizer, task, config } = game;
  // On the player's engine: that of the game itself waits where its run is paused.
  const judges = judgesOf({ ...game, engine: inTurns(engine, turn) });
  const prompt = tokenizer.renderPrompt(task.solverPrompt(text));
  const requests = Array.from({ length: answers }, (_, answer) => {
    return { prompt, key: { seed, round, role: "interactive" as const, query, answer } };
  });
  const { stopTokens } = tokenizer;
  const options = { policy, temperature, maxTokens: config.solver.max_tokens, stopTokens, signal };
  const completions = await turn(() => engine.sample(requests, options));
  const pairs = completions.map(({ tokens, stop }, i) => {
    return {
      query: text,
      answer: tokenizer.decode(tokens),
      stop,
      duplicate: false,
      key: requests[i]!.key,
      sequence: { prompt, response: tokens },
    };
  });
  const rewards = await judges.reward.score(pairs, { signal });
  const selfRewards = await judges.selfReward?.score(pairs, { signal });
  const scored = completions.map((completion, i) =>
    scoredAnswer(completion, pairs[i]!.answer, rewards[i]!, selfRewards?.[i]),
  );
  return { query: text, answers: scored };
}
