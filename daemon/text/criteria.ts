/**
 * The seven criteria of the judge in a few words, in its order, to stand beside their points wherever those are shown: 1 and 2 are about
 * the query, 3 to 7 about the answer. What earns a point is said in `selfplay/prompts/self-reward.ts`.
 */
export const criterionNames: readonly string[] = [
  "Task identifiable",
  "Instruction clear and specific",
  "Answer understandable",
  "Addresses a significant part",
  "Answers the core elements",
  "Clear, concise, organised",
  "Form and style",
];
