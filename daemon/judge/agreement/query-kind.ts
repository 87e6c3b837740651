/** Kinds of queries, for which judges are known to err differently [ours]. */
export const queryKinds = ["right answer", "code", "general"] as const;
export type QueryKind = (typeof queryKinds)[number];

const aboutCode =
  /```|\b(?:python|javascript|typescript|java|c\+\+|c#|rust|golang|sql|bash|shell script|html|css|regex|source code|code|script|programme?|function|algorithm)\b/i;

/**
 * What kind of query it is: one to which a verifier knows the right answer, one that names a programming language or asks for a
 * program, or another one. Told by words alone, so roughly.
 */
export function queryKind(text: string, hasRightAnswer: boolean): QueryKind {
  if (hasRightAnswer) return "right answer";
  return aboutCode.test(text) ? "code" : "general";
}
