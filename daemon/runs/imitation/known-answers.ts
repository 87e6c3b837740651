import { verifier } from "../../judge/rules/verifier.ts";
import type { Judgement, Scorer } from "../../judge/scorer.ts";
import type { TaskFamily } from "../../tasks/task.ts";

/** The verifier for prompts that are tasks of the family; of the data's other prompts nobody knows the right answer. */
export function knownAnswers(family: TaskFamily): Scorer {
  const known = family.verifiable ? verifier(family) : undefined;
  return {
    name: known?.name ?? "nobody",
    range: [0, 1],
    score: async (pairs) => {
      const judged = await known?.score(pairs);
      return pairs.map(({ query }, i): Judgement => {
        if (judged && family.parse(query).ok) return judged[i]!;
        return { value: null, unscored: "the prompt is no task with a known answer" };
      });
    },
  };
}
