import { z } from "zod";
import type { ChatMessage } from "../models/chat-template.ts";
import type { Skip } from "./reasons.ts";

const messageSchema = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() });

/** Messages as data sets write them. Contents are text: parts, images and calls of tools can't be trained on here. */
export const messagesSchema = z.array(messageSchema);

/** The fields of a message that are read. */
export const messageFields: readonly string[] = Object.keys(messageSchema.shape);

/** TRL's two formats of one field: text, or messages. */
export const textOrMessagesSchema = z.union([z.string(), messagesSchema]);
/** What such a field holds. */
export type TextOrMessages = z.infer<typeof textOrMessagesSchema>;

/** A field that ends with an answer: the answer, and the messages before it, of which there may be none. */
export interface Answered {
  readonly before: readonly ChatMessage[];
  readonly answer: string;
}

/** A prompt as messages: text is what the user says [ours: TRL renders no template around text]. */
function asMessages(prompt: TextOrMessages): readonly ChatMessage[] {
  return typeof prompt === "string" ? [{ role: "user", content: prompt }] : prompt;
}

/** Splits the assistant's last turn off. A conversation that goes on after it is skipped, not cut. */
export function splitAnswer(value: TextOrMessages, field: string): Answered | Skip {
  if (typeof value === "string") return { before: [], answer: value };
  const last = value.at(-1);
  if (last?.role !== "assistant") return { skip: "no-answer", field };
  return { before: value.slice(0, -1), answer: last.content };
}

/**
 * The prompt that an answer stands after. It is stated in a field of its own, or in the messages before the answer, or in both;
 * then they must agree: the same messages, or the stated text as the user's last turn.
 */
export function promptBefore(
  stated: TextOrMessages | undefined,
  { before }: Answered,
  field: string,
): readonly ChatMessage[] | Skip {
  if (stated === undefined) return before.length > 0 ? before : { skip: "missing-field", field: "prompt" };
  if (before.length === 0) return asMessages(stated);
  const last = before.at(-1)!;
  const agrees =
    typeof stated === "string" ? last.role === "user" && last.content === stated : sameMessages(stated, before);
  return agrees ? before : { skip: "other-prompt", field };
}

/** Whether two conversations have the same roles and contents. */
export function sameMessages(some: readonly ChatMessage[], others: readonly ChatMessage[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ role, content }, i) => role === others[i]!.role && content === others[i]!.content)
  );
}
