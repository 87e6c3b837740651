/** Why a record is left out, each as what is said of it. `{field}` is the field's name. */
export const skipReasons = {
  "not-json": "it is not JSON",
  "cut-off": "the file ends in the middle of it",
  "not-unicode": "it is not valid Unicode (UTF-8)",
  "above-8-mib": "it is longer than 8 MiB",
  "not-an-object": "it is JSON, but no object",
  "unknown-fields": "it comes before the first record whose fields are known",
  "missing-field": 'the field "{field}" is missing',
  "wrong-type": 'the field "{field}" is not text (or, where they may stand, messages of system, user and assistant)',
  "no-answer": 'the messages in "{field}" do not end with an answer of the assistant',
  "other-prompt": 'the messages before the answer in "{field}" are not the prompt',
  "empty-prompt": "its prompt is empty",
  "empty-answer": 'the answer in "{field}" is empty',
  "same-answers": "chosen and rejected are the same",
  "wrong-choices": "its choices are no list of 2 to 26 different texts",
  "unknown-choice": "its answer is none of its choices",
  duplicate: "it repeats an earlier record",
  "too-long": "prompt and answer together have more tokens than allowed",
  "refused-by-template": "the model's chat template refuses its messages",
} as const;
export type SkipReason = keyof typeof skipReasons;

/** Why a record that can be used is no question of a task (`questions.ts`), each as what is said of it. */
export const questionFlaws = {
  "not-one-turn": "its prompt is not one turn of the user, with nothing before it but what the system says",
  "asked-before": "it asks what an earlier record asks",
  ungradable: "its answer would not pass judge.verifier.rule itself",
  "no-room": "with an answer of solver.max_tokens its prompt is longer than the model takes",
  "refused-by-template": skipReasons["refused-by-template"],
} as const;
export type QuestionFlaw = keyof typeof questionFlaws;

/** What is read all the same, but told. */
export const toleratedFacts = {
  "byte-order-mark": "the file begins with a byte order mark",
  crlf: "lines end with CR LF",
  "blank-line": "the line is empty",
  "unused-field": 'the field "{field}" is not used',
  "unused-fields": "it has further fields that are not used",
} as const;
export type ToleratedFact = keyof typeof toleratedFacts;

/** One thing found in a file, how often, and where first. */
export interface Tally<R extends string> {
  readonly reason: R;
  /** What is said of one such record. Names of fields in it are the file's own text. */
  readonly sentence: string;
  readonly count: number;
  /** The first five lines. */
  readonly lines: readonly number[];
}

/** Where a thing was found: "lines 2, 5, 8, 9, 12, …". */
export function linesOf({ count, lines }: Tally<string>): string {
  const more = count > lines.length ? ", …" : "";
  return `${count === 1 ? "line" : "lines"} ${lines.join(", ")}${more}`;
}

/** That a record can't be used. */
export interface Skip {
  readonly skip: SkipReason;
  readonly field?: string;
}

const shownLines = 5;

/** Counts reasons by their sentences, in the order in which they first occur. */
export class Tallies<R extends string> {
  private readonly tallies = new Map<string, { reason: R; sentence: string; count: number; lines: number[] }>();
  private readonly sentences: Readonly<Record<R, string>>;

  constructor(sentences: Readonly<Record<R, string>>) {
    this.sentences = sentences;
  }

  add(reason: R, line: number, field = ""): void {
    const sentence = this.sentences[reason].replace("{field}", () => field);
    const tally = this.tallies.get(sentence) ?? { reason, sentence, count: 0, lines: [] };
    this.tallies.set(sentence, tally);
    tally.count++;
    if (tally.lines.length < shownLines) tally.lines.push(line);
  }

  /** How many different things were found. */
  get size(): number {
    return this.tallies.size;
  }

  list(): readonly Tally<R>[] {
    return [...this.tallies.values()];
  }
}
