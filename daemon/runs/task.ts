import type { Config } from "../config/schema.ts";
import { type FileQuestion, type QuestionFile, readQuestions } from "../data/questions.ts";
import type { QuestionFlaw } from "../data/reasons.ts";
import { requireSameData } from "../data/same-data.ts";
import { SparringError } from "../errors.ts";
import { readDecoderConfig } from "../models/config.ts";
import type { ChatTokenizer } from "../models/tokenizer.ts";
import type { RunData } from "../store/records.ts";
import { listFamily, promptOf, splitQuestions } from "../tasks/list.ts";
import { fileTask, findTask } from "../tasks/registry.ts";
import type { TaskFamily, VerifiableFamily } from "../tasks/task.ts";
import { answerRule } from "./judging/answer-rule.ts";
import { leftOut, skippedOf } from "./left-out.ts";

/** The file that a game's questions are from. */
export interface TaskData {
  /** For the run's record. */
  readonly facts: RunData;
  /** How much is used; a sentence. */
  readonly summary: string;
  /** What was left out, and why; sentences. */
  readonly warnings: readonly string[];
}

/** A game's family, ready to be played. */
export interface OpenedTask {
  readonly family: TaskFamily;
  /** Undefined where the family needs no file. */
  readonly data: TaskData | undefined;
}

/** The model that is asked: it decides which questions it can be asked. */
export interface AskedModel {
  readonly dir: string;
  readonly tokenizer: ChatTokenizer;
}

/**
 * Makes the family of a config's game; reads its file of questions, where it has one.
 * @param known the file that the run began with; undefined where it begins
 * @throws SparringError `data/none-held-out`, `data/all-held-out`, those of `readQuestions` and `requireSameData`; AbortedError
 */
export async function openTask(
  config: Config,
  { dir, tokenizer }: AskedModel,
  { known, signal }: { readonly known?: RunData | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<OpenedTask> {
  const { task, data, held_out: heldOut } = config.game;
  if (task !== fileTask) return { family: findTask(task, config.challenger), data: undefined };
  const { maxPositionEmbeddings } = await readDecoderConfig(dir);
  const room = maxPositionEmbeddings - config.solver.max_tokens;
  const rule = answerRule(config.judge.verifier);
  const isRight = (answer: string, expected: string): boolean => rule(answer, expected).value === 1;
  const flawOf = (question: FileQuestion): QuestionFlaw | undefined =>
    isRight(question.expected, question.expected) ? promptFlaw(question, tokenizer, room) : "ungradable";
  const file = await readQuestions(data!, { flawOf, signal }).catch((error: unknown) => {
    throw known ? goneMeanwhile(error) : error;
  });
  if (known) requireSameData(file, known.fingerprint);
  // Of all questions, so that a fork with another rule or token limit is measured on none that its parent was trained on.
  const family = listFamily(file.questions, splitQuestions(file.subjects, heldOut), isRight);
  requireBothParts(family, file);
  const facts = {
    source: file.source,
    kind: file.kind,
    fingerprint: file.fingerprint,
    records: file.questions.length,
    heldOut: family.heldOut().length,
    skipped: skippedOf(file.skipped),
  };
  return { family, data: { facts, summary: summaryOf(facts), warnings: facts.skipped.map(leftOut) } };
}

/** Why a model can't be asked a question, if it can't. @param room for the prompt, tokens */
function promptFlaw(question: FileQuestion, tokenizer: ChatTokenizer, room: number): QuestionFlaw | undefined {
  try {
    return tokenizer.renderPrompt(promptOf(question)).length > room ? "no-room" : undefined;
  } catch (error) {
    if (error instanceof SparringError && error.code === "model/chat-template") return "refused-by-template";
    throw error;
  }
}

/** A run's config is not changed any more, so its file has to come back. */
function goneMeanwhile(error: unknown): unknown {
  if (!(error instanceof SparringError) || error.code !== "data/not-found") return error;
  return new SparringError(
    "run/no-questions",
    "the file that the run has its questions from is not there any more",
    "Put it back as it was; without it the run's game can't be opened.",
    { place: error.place!, cause: error },
  );
}

function requireBothParts(family: VerifiableFamily, { questions, source }: QuestionFile): void {
  const heldOut = family.heldOut().length;
  if (heldOut === 0) {
    throw new SparringError(
      "data/none-held-out",
      "of the questions that are held out none can be asked, so there is nothing to measure on",
      "Raise game.held_out, or give more questions.",
      { place: source },
    );
  }
  if (heldOut === questions.length) {
    throw new SparringError(
      "data/all-held-out",
      "all questions that can be asked are held out, so there is nothing to train on",
      "Give more questions: those that differ only in white space, case or wrong choices are one.",
      { place: source },
    );
  }
}

function summaryOf({ source, records, heldOut }: RunData): string {
  return `Asks ${records - heldOut} questions of ${source}; ${heldOut} more are only measured.`;
}
