import { SparringError } from "../errors.ts";
import { DataFile } from "./data-file.ts";
import { indexFile } from "./file-index.ts";
import { linesOf, type QuestionFlaw, questionFlaws, type SkipReason, Tallies, type Tally } from "./reasons.ts";
import type { DataKind, DataRecord } from "./record.ts";

/** A question of a file, with its known answer. */
export interface FileQuestion {
  /** What the user asks: the prompt's one turn. */
  readonly query: string;
  /** What the system says before it. */
  readonly system: readonly string[];
  /** The right answer; see `expectedOf`. */
  readonly expected: string;
}

/** A file of questions, as far as they can be used. */
export interface QuestionFile {
  /** Absolute path. */
  readonly source: string;
  readonly kind: DataKind;
  /** `sha256:…` of the file's bytes. */
  readonly fingerprint: string;
  /** At least `fewestQuestions`, all queries different. */
  readonly questions: readonly FileQuestion[];
  /** The queries of these and of those that `flawOf` left out: the same for whoever reads the file. */
  readonly queries: readonly string[];
  readonly skipped: readonly Tally<SkipReason | QuestionFlaw>[];
}

/** How a file of questions is read. */
export interface QuestionOptions {
  /** What speaks against a question, where anything does. */
  readonly flawOf?: ((question: FileQuestion) => QuestionFlaw | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** With fewer there would be none to measure on: at most a tenth is held out. */
export const fewestQuestions = 10;

/**
 * Reads all questions of a file into memory, in one pass: any shape of data with a prompt and an answer. Rejected answers are not
 * looked at.
 * @param path absolute
 * @throws SparringError `data/too-few-questions`, and those of `DataFile.open` and `indexFile`; AbortedError
 */
export async function readQuestions(
  path: string,
  { flawOf = () => undefined, signal }: QuestionOptions = {},
): Promise<QuestionFile> {
  const queries = new Set<string>();
  const questions: FileQuestion[] = [];
  const flaws = new Tallies<QuestionFlaw>(questionFlaws);
  const onRecord = (record: DataRecord): void => {
    const question = questionOf(record);
    const flaw = question ? (queries.has(question.query) ? "asked-before" : flawOf(question)) : "not-one-turn";
    if (question) queries.add(question.query);
    if (flaw) flaws.add(flaw, record.line);
    else if (question) questions.push(question);
  };
  const file = await DataFile.open(path);
  try {
    const index = await indexFile(file, { onRecord, signal });
    const skipped = [...index.skipped, ...flaws.list()];
    requireEnough(questions.length, skipped, path);
    const { shape, fingerprint } = index;
    return { source: path, kind: shape.kind, fingerprint, questions, queries: [...queries], skipped };
  } finally {
    await file.close();
  }
}

/** A record as a question; undefined where its prompt is a conversation. */
function questionOf({ prompt, chosen }: DataRecord): FileQuestion | undefined {
  const [last, ...before] = prompt.toReversed();
  if (last?.role !== "user" || before.some(({ role }) => role !== "system")) return undefined;
  const system = before.reverse().map(({ content }) => content);
  return { query: last.content, system, expected: expectedOf(chosen) };
}

/**
 * The text that is compared with a model's answer: where an answer's last line begins with ####, what follows there, as in GSM8K,
 * whose answers show their work above; else all of it. White space around it does not count.
 */
export function expectedOf(answer: string): string {
  const trimmed = answer.trim();
  const lastLine = trimmed.slice(trimmed.lastIndexOf("\n") + 1);
  return /^####\s*(\S.*)$/.exec(lastLine)?.[1] ?? trimmed;
}

function requireEnough(count: number, skipped: readonly Tally<string>[], path: string): void {
  if (count >= fewestQuestions) return;
  const reasons = skipped.map((tally) => `${tally.count} × ${tally.sentence} (${linesOf(tally)})`);
  const leftOut = reasons.length > 0 ? `; left out: ${reasons.join("; ")}` : "";
  throw new SparringError(
    "data/too-few-questions",
    `the file has ${count === 1 ? "1 question" : `${count} questions`} that can be used, and at least ${fewestQuestions} are needed, of which one is held out to measure on${leftOut}`,
    "Give more questions with their answers.",
    { place: path },
  );
}
