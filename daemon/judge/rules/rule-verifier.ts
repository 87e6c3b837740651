import { setImmediate as turn } from "node:timers/promises";
import { AbortedError } from "../../errors.ts";
import type { VerifiableFamily } from "../../tasks/task.ts";
import type { Judgement, Scorer } from "../scorer.ts";
import type { Rule } from "./rules.ts";

/** The right answer to a query, or how any answer to it is judged where nobody knows one. */
export type KnownAnswer = { readonly expected: string } | { readonly judgement: Judgement };

/**
 * R(q, a) by a rule: 1 for a right answer, else 0. Between two answers others in this process have a turn: a rule may be slow.
 * @param load gives the rule; asked with the first answers, so that what a rule needs is not loaded by those who don't use it
 */
export function ruleVerifier(
  name: string,
  load: () => Rule | Promise<Rule>,
  answerTo: (query: string) => KnownAnswer,
): Scorer {
  let rule: Rule | undefined;
  return {
    name: `verifier:${name}`,
    range: [0, 1],
    async score(pairs, { signal } = {}) {
      rule ??= await load();
      const judgements: Judgement[] = [];
      for (const { query, answer } of pairs) {
        if (signal?.aborted) throw new AbortedError("score");
        const known = answerTo(query);
        judgements.push("judgement" in known ? known.judgement : rule(answer, known.expected));
        await turn();
      }
      return judgements;
    },
  };
}

/** What a family knows. As for its own verifier, any answer to what is no task of it is worth 0: see `verifier`. */
export function answersOf(family: VerifiableFamily): (query: string) => KnownAnswer {
  return (query) => {
    const parsed = family.parse(query);
    if (parsed.ok) return { expected: family.expected(parsed.query) };
    return { judgement: { value: 0, rationale: `the query has no right answer: ${parsed.reason}` } };
  };
}

/** For rules of form alone. */
export function noAnswers(): KnownAnswer {
  return { expected: "" };
}
