import { z } from "zod";
import { lettered } from "./choices.ts";
import {
  messagesSchema,
  promptBefore,
  sameMessages,
  splitAnswer,
  type TextOrMessages,
  textOrMessagesSchema,
} from "./conversation.ts";
import type { Skip } from "./reasons.ts";
import type { DataKind, DataRecord } from "./record.ts";

/** A record without its place. */
export type Example = Omit<DataRecord, "line">;

/** One way in which files write records. */
export interface Shape {
  readonly kind: DataKind;
  /** Fields that every record has; a null counts as missing. */
  readonly required: readonly string[];
  /** Fields that are read where they are there. */
  readonly optional: readonly string[];
  /** The record's parts, not yet checked for being empty or alike. */
  read(record: object): Example | Skip;
}

/** A shape from the schema of its fields; whoever has a field of another type is skipped for the first of them. */
function shape<T>(
  facts: Pick<Shape, "kind" | "required" | "optional">,
  schema: z.ZodType<T>,
  assemble: (fields: T) => Example | Skip,
): Shape {
  return {
    ...facts,
    read: (record) => {
      const parsed = schema.safeParse(record);
      if (parsed.success) return assemble(parsed.data);
      return { skip: "wrong-type", field: String(parsed.error.issues[0]!.path[0]) };
    },
  };
}

/** As TRL writes preferences: text, or messages with the prompt stated, implied by both conversations, or both. */
const preference = shape(
  { kind: "prompt/chosen/rejected", required: ["chosen", "rejected"], optional: ["prompt"] },
  z.object({ prompt: textOrMessagesSchema.nullish(), chosen: textOrMessagesSchema, rejected: textOrMessagesSchema }),
  ({ prompt, chosen, rejected }) => pair(prompt ?? undefined, ["chosen", chosen], ["rejected", rejected]),
);

/**
 * SPIN's data: two conversations that differ in their last turn. An empty `generated` is SPIN's placeholder before the first
 * iteration, and means that there is no rejected answer.
 */
const spin = shape(
  { kind: "real/generated", required: ["real"], optional: ["generated"] },
  z.object({ real: messagesSchema, generated: messagesSchema.nullish() }),
  ({ real, generated }) => {
    const isPlaceholder = generated == null || generated.at(-1)?.content.trim() === "";
    if (!isPlaceholder) return pair(undefined, ["real", real], ["generated", generated]);
    return single(undefined, ["real", real]);
  },
);

/** A conversation; the assistant's last turn is the answer. */
const conversation = shape(
  { kind: "messages", required: ["messages"], optional: [] },
  z.object({ messages: messagesSchema }),
  ({ messages }) => single(undefined, ["messages", messages]),
);

/** Alpaca's; instruction and input are one turn of the user, with an empty line between them [ours]. */
const alpaca = shape(
  { kind: "instruction/input/output", required: ["instruction", "output"], optional: ["input"] },
  z.object({ instruction: z.string(), input: z.string().nullish(), output: z.string() }),
  ({ instruction, input, output }) => single(input ? `${instruction}\n\n${input}` : instruction, ["output", output]),
);

/** As TRL writes prompts and completions: text or messages. */
const completion = shape(
  { kind: "prompt/completion", required: ["prompt", "completion"], optional: [] },
  z.object({ prompt: textOrMessagesSchema, completion: textOrMessagesSchema }),
  ({ prompt, completion: answer }) => single(prompt, ["completion", answer]),
);

/** As data sets of questions write them, GSM8K and MMLU among them; what is answered to choices is a letter. */
const question = shape(
  { kind: "question/answer", required: ["question", "answer"], optional: ["choices"] },
  z.object({ question: z.string(), answer: z.union([z.string(), z.number()]), choices: z.unknown().optional() }),
  ({ question: asked, answer, choices }) => {
    if (choices == null) return single(asked, ["answer", String(answer)]);
    const withLetters = lettered(asked, choices, answer);
    return "skip" in withLetters ? withLetters : single(withLetters.question, ["answer", withLetters.letter]);
  },
);

/** In the order in which they are tried: what has pairs goes before what has answers alone. */
export const shapes: readonly Shape[] = [preference, spin, conversation, alpaca, completion, question];

/** Whether a record has a field; a null is none. */
export function hasField(record: object, field: string): boolean {
  return Object.hasOwn(record, field) && (record as Record<string, unknown>)[field] !== null;
}

/** The first shape all of whose required fields the record has. */
export function shapeOf(record: object): Shape | undefined {
  return shapes.find(({ required }) => required.every((field) => hasField(record, field)));
}

type Field = readonly [name: string, value: TextOrMessages];

function single(stated: TextOrMessages | undefined, [name, value]: Field): Example | Skip {
  const answered = splitAnswer(value, name);
  if ("skip" in answered) return answered;
  const prompt = promptBefore(stated, answered, name);
  return "skip" in prompt ? prompt : checked({ prompt, chosen: answered.answer }, name);
}

function checked(example: Example, field: string): Example | Skip {
  const texts = [...example.prompt.map(({ content }) => content), example.chosen];
  // JSON can escape half of a surrogate pair, which no tokenizer has.
  if (texts.some((text) => /\p{Surrogate}/u.test(text))) return { skip: "not-unicode" };
  if (example.prompt.every(({ content }) => content.trim() === "")) return { skip: "empty-prompt" };
  if (example.chosen.trim() === "") return { skip: "empty-answer", field };
  return example;
}

function pair(stated: TextOrMessages | undefined, better: Field, worse: Field): Example | Skip {
  const chosen = single(stated, better);
  if ("skip" in chosen) return chosen;
  const rejected = single(stated, worse);
  if ("skip" in rejected) return rejected;
  const isOne = sameMessages(chosen.prompt, rejected.prompt);
  if (!isOne) return { skip: "other-prompt", field: worse[0] };
  return chosen.chosen === rejected.chosen
    ? { skip: "same-answers" }
    : { prompt: chosen.prompt, chosen: chosen.chosen, rejected: rejected.chosen };
}
