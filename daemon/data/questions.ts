import { SparringError } from "../errors.ts";
import { withRightChoice } from "./choices.ts";
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
  /** The queries of these and of those that `flawOf` left out, with their subjects (`subjectOf`): the same for whoever reads the file. */
  readonly subjects: ReadonlyMap<string, string>;
  readonly skipped: readonly Tally<SkipReason | QuestionFlaw>[];
}

/** How a file of questions is read. */
export interface QuestionOptions {
  /** What speaks against a question, where anything does. */
  readonly flawOf?: ((question: FileQuestion) => QuestionFlaw | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What questions may take of memory, bytes; what tests replace. */
  readonly mostBytes?: number;
}

/** With fewer there would be none to measure on: at most a tenth is held out. */
export const fewestQuestions = 10;

/** All questions are held in memory: a daemon that runs out of it ends, and with it every run that it has. [ours] */
const mostBytes = 2 ** 30;

/** What a question takes beside its texts, about. */
const bytesBeside = 512;

/**
 * Reads all questions of a file into memory, in one pass: any shape of data with a prompt and an answer. Rejected answers are not
 * looked at.
 * @param path absolute
 * @throws SparringError `data/too-few-questions`, `data/too-large`, and those of `DataFile.open` and `indexFile`; AbortedError
 */
export async function readQuestions(
  path: string,
  { flawOf = () => undefined, signal, mostBytes: most = mostBytes }: QuestionOptions = {},
): Promise<QuestionFile> {
  const subjects = new Map<string, string>();
  const questions: FileQuestion[] = [];
  const flaws = new Tallies<QuestionFlaw>(questionFlaws);
  let bytes = 0;
  const onRecord = (record: DataRecord): void => {
    const question = questionOf(record);
    const isNew = question !== undefined && !subjects.has(question.query);
    const flaw = question ? (isNew ? flawOf(question) : "asked-before") : "not-one-turn";
    if (isNew) {
      subjects.set(question.query, subjectOf(question));
      bytes += bytesOf(question);
      if (bytes > most) throw tooLarge(most, `${path}:${record.line}`);
    }
    if (flaw) flaws.add(flaw, record.line);
    else if (question) questions.push(question);
  };
  const file = await DataFile.open(path);
  try {
    const index = await indexFile(file, { onRecord, signal });
    const skipped = [...index.skipped, ...flaws.list()];
    requireEnough(questions.length, skipped, path);
    const { shape, fingerprint } = index;
    return { source: path, kind: shape.kind, fingerprint, questions, subjects, skipped };
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

/**
 * What a question is about: one that differs only in white space, in upper or lower case, or in the choices beside the right one is the
 * same question. [ours]
 */
export function subjectOf({ query, expected }: Pick<FileQuestion, "query" | "expected">): string {
  return withRightChoice(query, expected).normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** What a question takes of memory, at two bytes a character: its query twice, as its subject, too. */
function bytesOf({ query, system, expected }: FileQuestion): number {
  const texts = [query, query, expected, ...system];
  return texts.reduce((sum, { length }) => sum + 2 * length, bytesBeside);
}

function tooLarge(most: number, place: string): SparringError {
  return new SparringError(
    "data/too-large",
    `all questions are held in memory, and up to here they take more than ${Math.round(most / 2 ** 20)} MiB`,
    "Give a part of the file: a run asks game.queries × game.rounds questions at most.",
    { place },
  );
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
