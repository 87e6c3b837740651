import { z } from "zod";
import { SparringError } from "../../errors.ts";
import type { Message } from "../../tasks/task.ts";

/** One request to a chat-completions server. */
export interface ChatRequest {
  /** Where to: `<base>/chat/completions`. */
  readonly url: string;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly temperature: number;
  readonly maxTokens: number;
  /** What the limit is called: newer models of OpenAI know the second name only. */
  readonly limitName: "max_tokens" | "max_completion_tokens";
  readonly key: string | undefined;
  readonly timeoutMs: number;
}

/** How a request ended. */
export type Attempt =
  | { readonly is: "reply"; readonly text: string; readonly stop: "stop" | "length"; readonly usage: Usage }
  /** Another attempt may succeed; `afterMs`, when the server said so. */
  | { readonly is: "failed"; readonly why: string; readonly afterMs?: number }
  /** No further attempt can. */
  | { readonly is: "final"; readonly why: string }
  | { readonly is: "other-limit-name" };

/** Tokens as the server counts them. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const count = z.number().int().nonnegative();

const replySchema = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }))
    .min(1),
  usage: z.object({ prompt_tokens: count.default(0), completion_tokens: count.default(0) }).nullish(),
});

/** A reply of more bytes is not read to its end: the memory of a batch is bounded by its concurrency. */
const maxReplyBytes = 1 << 20;

/**
 * Asks once. Redirects are not followed, so neither texts nor key go anywhere but to the server that the user agreed to.
 * @throws SparringError `judge/endpoint-refused` where every request would be refused; whatever `signal` is aborted with
 */
export async function attempt(request: ChatRequest, signal: AbortSignal): Promise<Attempt> {
  const deadline = AbortSignal.timeout(Math.ceil(request.timeoutMs));
  try {
    const response = await fetch(request.url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(request.key !== undefined && { authorization: `Bearer ${request.key}` }),
      },
      body: JSON.stringify({
        model: request.model,
        messages: request.messages,
        temperature: request.temperature,
        [request.limitName]: request.maxTokens,
      }),
      redirect: "manual",
      signal: AbortSignal.any([signal, deadline]),
    });
    const body = await bodyOf(response);
    return response.status === 200 ? replyOf(body) : refusalOf(request, response, body);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SparringError) throw error;
    if (deadline.aborted) return { is: "failed", why: `no reply within ${request.timeoutMs / 1000} s` };
    return { is: "failed", why: `the connection failed (${causeOf(error)})` };
  }
}

/** The body as text; undefined where it is too long. */
async function bodyOf(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest.
    if (bytes > maxReplyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function replyOf(body: string | undefined): Attempt {
  if (body === undefined) return { is: "failed", why: `the reply has more than ${maxReplyBytes} bytes` };
  const parsed = replySchema.safeParse(jsonOf(body));
  if (!parsed.success) return { is: "failed", why: "the reply is not that of a chat completion" };
  const { choices, usage } = parsed.data;
  const { message, finish_reason: reason } = choices[0]!;
  if (reason === "content_filter") return { is: "final", why: "the server's content filter withheld the reply" };
  if (!message.content) return { is: "final", why: "the reply has no text" };
  return {
    is: "reply",
    text: message.content,
    stop: reason === "length" ? "length" : "stop",
    usage: { promptTokens: usage?.prompt_tokens ?? 0, completionTokens: usage?.completion_tokens ?? 0 },
  };
}

function refusalOf(request: ChatRequest, { status, headers }: Response, body = ""): Attempt {
  if (status >= 300 && status < 400) throw refused(request, "redirects, which is not followed", otherAddress);
  if (status === 401 || status === 403) throw refused(request, `answers ${status}: it refuses the key`, otherKey);
  if (status === 402) throw refused(request, "answers 402: nothing is left to pay it with", moreCredit);
  if (status === 404 || status === 405) throw refused(request, `answers ${status}`, otherAddress);
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const afterMs = retryAfter(headers.get("retry-after"));
    return { is: "failed", why: `the server answers ${status}`, ...(afterMs !== undefined && { afterMs }) };
  }
  if (status === 400 && request.limitName === "max_tokens" && body.includes("max_completion_tokens")) {
    return { is: "other-limit-name" };
  }
  return { is: "final", why: `the server answers ${status}${namedBy(body, request.key)}` };
}

/** A run keeps its settings, so what is wrong in them is corrected in another one. */
const otherAddress =
  "Correct judge.endpoint.url or judge.endpoint.model, and fork the run with that or start it anew; if the server was at fault, resume the run.";
const otherKey =
  "Give a valid key for the server's origin, or set it where the daemon is started; then resume the run: it goes on after its last finished round.";
const moreCredit = "Add credit where the key belongs; then resume the run: it goes on after its last finished round.";

function refused({ url }: ChatRequest, how: string, next: string): SparringError {
  return new SparringError("judge/endpoint-refused", `The judge's server ${how}.`, next, {
    place: new URL(url).origin,
  });
}

const refusalSchema = z.object({
  error: z.object({ code: z.unknown().optional(), param: z.unknown().optional() }),
});

/** What a server names as the reason, as OpenAI's do: " (unsupported_value: temperature)". Neither the key nor a sentence passes. */
function namedBy(body: string, key: string | undefined): string {
  const { code, param } = refusalSchema.safeParse(jsonOf(body)).data?.error ?? {};
  const isName = (each: unknown): boolean => typeof each === "string" && /^[a-z_]{1,40}$/.test(each) && each !== key;
  const names = [code, param].filter(isName);
  return names.length === 0 ? "" : ` (${names.join(": ")})`;
}

/** Seconds, or a date (RFC 9110), as milliseconds from now. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? 1000 * Number(value) : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** A short name of what went wrong, never a text of the other side. */
function causeOf(error: unknown): string {
  const { cause, name } = error as Error & { cause?: { code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : name;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
