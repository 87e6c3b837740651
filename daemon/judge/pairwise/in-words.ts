import { pairwisePrompt } from "../../selfplay/prompts/pairwise.ts";
import { parseComparison } from "../../selfplay/prompts/pairwise-reply.ts";
import { keptWords } from "../rationale.ts";
import type { Ask, Question, Reply } from "../rubric/self-reward.ts";
import type { Comparer, Verdict } from "./comparer.ts";

/**
 * Asks a language model in words which of two answers is better: it compares, then gives its verdict in `<Better>`. A reply that was
 * cut at the token limit is no verdict, whatever stands in it.
 */
export function compareInWords(name: string, ask: Ask): Comparer {
  return {
    name,
    async compare(showings, options) {
      const questions = showings.map(({ query, a, b, key }): Question => {
        return { messages: [{ role: "user", content: pairwisePrompt(query, a, b) }], key };
      });
      return (await ask(questions, options)).map(verdictOf);
    },
  };
}

function verdictOf(reply: Reply): Verdict {
  if (reply.text === null) return { better: null, unscored: reply.reason };
  const rationale = keptWords(reply.text);
  if (reply.stop === "length") {
    return { better: null, unscored: "the judge's reply was cut at the token limit", rationale };
  }
  const verdict = parseComparison(reply.text);
  return { ...verdict, rationale: verdict.better === null ? rationale : keptWords(verdict.rationale) };
}
