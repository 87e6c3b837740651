import type { Engine, PolicyId, Sequence } from "../../engine/engine.ts";
import type { ChatTokenizer } from "../../models/tokenizer.ts";
import { criteria, criterionPrompt, criterionReply } from "../../selfplay/prompts/self-reward.ts";
import { isAlike, logprobOfDifference, oppositeReplies } from "../opposite-replies.ts";
import type { Criterion, Judgement, Scorer } from "../scorer.ts";

/** Whose probabilities are read. */
export interface CriterionJudge {
  readonly engine: Pick<Engine, "logprobs" | "capabilities">;
  readonly tokenizer: Pick<ChatTokenizer, "renderPrompt" | "encode">;
  readonly policy: PolicyId;
}

/** log P of the tokens that make a reply say Yes, and of those that make it say No, nat. */
export type YesAndNo = readonly [yes: number, no: number];

/**
 * R_Q(q, a) in [0, 7] without a word written [ours]. After the prompt of the rubric, criterion i is repeated and answered with
 * Yes and with No; with ℓ the log-probability of the tokens in which the two replies differ,
 *
 *   p_i = P(Yes) / (P(Yes) + P(No)) = 1 / (1 + exp(ℓ_No − ℓ_Yes))        R_Q = Σ_i p_i
 *
 * the score that one expects of a judge that draws its seven verdicts from these probabilities, each by itself. There is nothing to
 * parse and nothing is drawn. The 14 replies of a pair follow one prompt, and all pairs are measured in one call.
 */
export function criterionLogits({ engine, tokenizer, policy }: CriterionJudge): Scorer {
  const encode = (text: string): number[] => tokenizer.encode(text);
  const replies = criteria.flatMap((criterion) =>
    oppositeReplies(encode, criterionReply(criterion, "Yes"), criterionReply(criterion, "No")),
  );
  const longest = Math.max(...replies.map(({ response }) => response.length));
  const alike = replies.some(isAlike);
  return {
    name: "criterion-logits",
    range: [0, 7],
    async score(pairs, { signal, onProgress } = {}) {
      const unscored = "this model's tokenizer can't tell Yes from No";
      if (alike) return pairs.map((): Judgement => ({ value: null, unscored }));
      const { maxSequence } = engine.capabilities;
      const prompts = pairs.map(({ query, answer }) =>
        tokenizer.renderPrompt([{ role: "user", content: criterionPrompt(query, answer) }]),
      );
      const fits = (prompt: readonly number[]): boolean => prompt.length + longest <= maxSequence;
      const sequences = prompts
        .filter(fits)
        .flatMap((prompt) => replies.map(({ response }): Sequence => ({ prompt, response })));
      const pairsIn = (measured: number): number => Math.floor(measured / replies.length);
      const logprobs = await engine.logprobs(sequences, {
        policy,
        temperature: 1,
        ...(signal && { signal }),
        ...(onProgress && { onProgress: (done, total) => onProgress(pairsIn(done), pairsIn(total)) }),
      });
      const tails = logprobs.map((row, i) => logprobOfDifference(replies[i % replies.length]!, row));
      let next = 0;
      return prompts.map((prompt): Judgement => {
        if (!fits(prompt)) return { value: null, unscored: tooLong(prompt.length, longest, maxSequence) };
        const first = replies.length * next++;
        return expectedScore(criteria.map((_, i): YesAndNo => [tails[first + 2 * i]!, tails[first + 2 * i + 1]!]));
      });
    },
  };
}

/** The judgement that seven pairs of log-probabilities make; unscored where one of them is not finite. */
export function expectedScore(logprobs: readonly YesAndNo[]): Judgement {
  const lost = logprobs.findIndex((pair) => !pair.every(Number.isFinite));
  if (lost >= 0) {
    return {
      value: null,
      unscored: `the judge's log-probabilities of Yes and No to criterion ${lost + 1} are not finite`,
    };
  }
  const probabilities = logprobs.map(([yes, no]) => 1 / (1 + Math.exp(no - yes)));
  return {
    value: probabilities.reduce((sum, p) => sum + p, 0),
    criteria: probabilities.map((p): Criterion => (p >= 0.5 ? 1 : 0)),
    probabilities,
    rationale: `P(Yes) of the criteria: ${probabilities.map((p, i) => `${i + 1} ${p.toFixed(2)}`).join(", ")}`,
  };
}

function tooLong(tokens: number, reply: number, maxSequence: number): string {
  return `the judge's prompt has ${tokens} tokens, which leaves no room for a verdict of ${reply} in the ${maxSequence} that the model reads`;
}
