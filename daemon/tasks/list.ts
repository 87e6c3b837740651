import { hashText } from "./hash.ts";
import type { Message, ParsedQuery, VerifiableFamily } from "./task.ts";

/** A question whose right answer is known. */
export interface KnownQuestion {
  /** What the user asks. */
  readonly query: string;
  /** What the system says before it; mostly nothing. */
  readonly system: readonly string[];
  /** The right answer. */
  readonly expected: string;
}

/** A question as a model is asked it. */
export function promptOf({ query, system }: Omit<KnownQuestion, "expected">): readonly Message[] {
  return [...system.map((content): Message => ({ role: "system", content })), { role: "user", content: query }];
}

/** Questions in two parts. */
export interface QuestionSplit {
  readonly heldOut: readonly string[];
  readonly training: readonly string[];
}

/**
 * Divides questions by a hash of their text, so that the parts depend on neither seed nor order, and two runs measure on the same
 * questions. Both parts are in the hash's order: any first k are a fair sample [ours].
 * @param queries all different · @param wanted of them to hold out, but at most a tenth
 */
export function splitQuestions(queries: readonly string[], wanted: number): QuestionSplit {
  const inOrder = queries
    .map((query) => ({ query, hash: hashText(query) }))
    .sort((x, y) => x.hash - y.hash || (x.query < y.query ? -1 : 1))
    .map(({ query }) => query);
  const count = Math.min(wanted, Math.floor(queries.length / 10));
  return { heldOut: inOrder.slice(0, count), training: inOrder.slice(count) };
}

/**
 * The family `file`: a list of questions with known answers, each asked as the user's turn. A query is a question of the list, letter by
 * letter. Nobody writes new ones, so there is nothing to ask a Challenger for: a config with both is refused.
 * @param questions all queries different
 * @param split     of these, and perhaps of others that are not asked; at least one of the questions is in either part
 * @param isRight   whether an answer is right
 */
export function listFamily(
  questions: readonly KnownQuestion[],
  split: QuestionSplit,
  isRight: (answer: string, expected: string) => boolean,
): VerifiableFamily {
  const known = new Map(questions.map((question) => [question.query, question]));
  const heldOut = split.heldOut.filter((query) => known.has(query));
  const training = split.training.filter((query) => known.has(query));
  const setAside = new Set(heldOut);

  function expected(query: string): string {
    const question = known.get(query);
    if (!question) throw new Error(`"${query}" is not a question of the file: parse it first`);
    return question.expected;
  }

  return {
    name: "file",
    verifiable: true,
    challenge: () => ({}),
    parse: (text): ParsedQuery =>
      known.has(text) ? { ok: true, query: text } : { ok: false, reason: "it is none of the file's questions" },
    solverPrompt: (query) => promptOf(known.get(query) ?? { query, system: [] }),
    expected,
    verify: (query, answer) => (isRight(answer, expected(query)) ? 1 : 0),
    isHeldOut: (query) => setAside.has(query),
    heldOut: () => heldOut,
    draw: (uniform) => training[Math.floor(uniform * training.length)]!,
  };
}
