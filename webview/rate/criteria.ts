/**
 * What a rater is asked, in the judge's order (daemon/text/criteria.ts). The judging model is told the same at more length
 * (daemon/selfplay/prompts/self-reward.ts).
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
