import { askOn } from "../../judge/rubric/ask.ts";
import { criterionLogits } from "../../judge/rubric/criterion-logits.ts";
import { selfReward } from "../../judge/rubric/self-reward.ts";
import { verifier } from "../../judge/rules/verifier.ts";
import type { Scorer } from "../../judge/scorer.ts";
import type { VerifiableFamily } from "../../tasks/task.ts";
import type { Player } from "../player.ts";

/** Room for a judge's reply: a justification of at most 100 words, as it is told, and its verdict [ours]. */
const replyTokens = 320;

/** The verifier, as accuracy is counted: an answer that was cut at the token limit is not right. */
export function verifierJudge(task: VerifiableFamily): Scorer {
  const { name, range, score } = verifier(task);
  return {
    name,
    range,
    score: async (pairs) => {
      const judgements = await score(pairs);
      return pairs.map(({ stop }, i) =>
        stop === "stop" ? judgements[i]! : { value: 0, rationale: "cut at the token limit" },
      );
    },
  };
}

/**
 * A language model as judge, in the mode of its run's rubric (`generate` where the run has none). `generate` draws its replies at
 * temperature 1 [ours]: its second look has other noise than its first. `criterion-logits` says the same twice.
 */
export function modelJudge({ engine, game: { tokenizer, rubric }, policy }: Player): Scorer {
  if (rubric?.mode === "criterion-logits") return criterionLogits({ engine, tokenizer, policy });
  return selfReward(askOn({ engine, tokenizer, policy, temperature: 1, maxTokens: replyTokens }));
}
