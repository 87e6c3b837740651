import type { VerifiableFamily } from "../../tasks/task.ts";
import type { Judgement, Pair, Scorer } from "../scorer.ts";

/**
 * R(q, a) by the family's own verifier: 1 for an exact match, else 0.
 *
 * A query that isn't a task of the family has no right answer, so every answer to it is worth 0. That happens only with
 * `admission.on_reject: off`; otherwise such a query gets no answers. It is a judgement, not a failure: leaving it
 * unscored would take hopeless queries out of the Challenger's mean, and reward it for nothing else.
 */
export function verifier(family: VerifiableFamily): Scorer {
  return {
    name: `verifier:${family.name}`,
    range: [0, 1],
    score: async (pairs) => pairs.map((pair) => judge(family, pair)),
  };
}

function judge(family: VerifiableFamily, { query, answer }: Pair): Judgement {
  const parsed = family.parse(query);
  if (!parsed.ok) return { value: 0, rationale: `the query has no right answer: ${parsed.reason}` };
  const value = family.verify(parsed.query, answer);
  return { value, rationale: value === 1 ? "right" : `wrong: ${family.expected(parsed.query)} is right` };
}
