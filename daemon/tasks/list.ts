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
 * questions. Both parts go by the hash's order: any first k are a fair sample. Questions of one subject are all in the same part: who
 * has learned one of them knows the others [ours].
 * @param subjects of all queries, which are different: what makes two of them one question (`data/questions.ts`)
 * @param wanted   of them to hold out, but at most a tenth; the others of the last one's subject are held out beyond that
 */
export function splitQuestions(subjects: ReadonlyMap<string, string>, wanted: number): QuestionSplit {
  const inOrder = [...subjects.keys()]
    .map((query) => ({ query, hash: hashText(query) }))
    .sort((x, y) => x.hash - y.hash || (x.query < y.query ? -1 : 1))
    .map(({ query }) => query);
  const forms = new Map<string, string[]>();
  for (const query of inOrder) {
    const subject = subjects.get(query)!;
    const others = forms.get(subject);
    if (others) others.push(query);
    else forms.set(subject, [query]);
  }
  const count = Math.min(wanted, Math.floor(inOrder.length / 10));
  const heldOut = new Set<string>();
  for (const query of inOrder) {
    if (heldOut.size >= count) break;
    for (const form of forms.get(subjects.get(query)!)!) heldOut.add(form);
  }
  return { heldOut: [...heldOut], training: inOrder.filter((query) => !heldOut.has(query)) };
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
