import type { Message } from "vscode-jsonrpc/node";
import { z } from "zod";

/**
 * JSON-RPC 2.0 messages as they enter, on both ends. The library behind it trusts what it reads: a cancellation without
 * parameters, say, makes it throw. So nothing reaches it that is not a request, a notification or a response in form.
 */

/** Deeper JSON is refused, so that no recursive function further in can run out of stack. */
const maxNesting = 100;

/** A frame that is not a JSON-RPC message. The message says what was found, without quoting it. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

const id = z.union([z.string().max(200), z.number().int()]);
const method = z.string().min(1).max(200);
/** JSON-RPC: by name or by position. Null is what some LSP clients send for none. */
const params = z.custom<object | null | undefined>((value) => value === undefined || typeof value === "object");
const jsonrpc = z.literal("2.0");
const absent = z.never().optional();

const messageSchema = z.union([
  z.object({ jsonrpc, id: absent, method: z.literal("$/cancelRequest"), params: z.object({ id }) }),
  z.object({ jsonrpc, id, method, params: params.optional() }),
  z.object({
    jsonrpc,
    id: absent,
    method: method.refine((name) => name !== "$/cancelRequest"),
    params: params.optional(),
  }),
  z.object({ jsonrpc, id, method: absent, result: z.unknown().refine((value) => value !== undefined), error: absent }),
  z.object({
    jsonrpc,
    id: id.nullable(),
    method: absent,
    result: absent,
    error: z.object({ code: z.number().int(), message: z.string(), data: z.unknown().optional() }),
  }),
]);

/**
 * A text frame as a message.
 * @throws MalformedMessage where it is none
 */
export function parseMessage(text: string): Message {
  if (nesting(text) > maxNesting) throw new MalformedMessage(`its JSON is nested deeper than ${maxNesting}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedMessage("it is not JSON");
  }
  if (Array.isArray(value)) throw new MalformedMessage("it is a batch, and this daemon takes one message a frame");
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) throw new MalformedMessage("it is no JSON-RPC 2.0 request, notification or response");
  return parsed.data;
}

/** The largest number of brackets that are open at once, outside of strings. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth--;
  }
  return deepest;
}
