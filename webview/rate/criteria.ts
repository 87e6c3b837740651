/** The criteria in a few words, in the judge's order, to stand beside its points. */
export const criterionNames: readonly string[] = [
  "Task identifiable",
  "Instruction clear and specific",
  "Answer understandable",
  "Addresses a significant part",
  "Answers the core elements",
  "Clear, concise, organised",
  "Form and style",
];

/**
 * What a rater is asked, in the judge's order: 1 and 2 are about the query, 3 to 7 about the answer. The judging model is told
 * the same at more length (daemon/selfplay/prompts/self-reward.ts).
 */
export const criterionQuestions: readonly string[] = [
  "The task can be identified from the query alone",
  "The query is clear, specific and well structured",
  "The answer is understandable to the user",
  "It addresses a significant part of what was asked",
  "It answers the core usefully and fully",
  "It is clear, concise, organised and helpful",
  "Its form and style will please the user",
];
