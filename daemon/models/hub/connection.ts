import { AbortedError } from "../../errors.ts";
import { TransientFailure } from "./errors.ts";

/** An answer whose body is still to come. Read it or close it. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** @throws TransientFailure where the connection breaks or falls silent, AbortedError */
  chunks(): AsyncGenerator<Uint8Array>;
  close(): void;
}

/**
 * One request, one answer: redirects are not followed, statuses not judged.
 * @param silenceMs how long nothing may come before the connection is given up
 * @throws TransientFailure where there is no answer, AbortedError
 */
export async function ask(
  url: URL,
  init: { readonly method: "GET" | "HEAD"; readonly headers: Record<string, string> },
  silenceMs: number,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  if (signal?.aborted) throw new AbortedError("the download");
  const cut = new AbortController();
  const stop = (): void => cut.abort();
  signal?.addEventListener("abort", stop, { once: true });
  const silence = setTimeout(stop, silenceMs);
  const close = (): void => {
    clearTimeout(silence);
    signal?.removeEventListener("abort", stop);
    cut.abort();
  };
  const failure = (cause: unknown): Error => {
    const aborted = signal?.aborted;
    const silent = cut.signal.aborted;
    close();
    if (aborted) return new AbortedError("the download");
    return new TransientFailure(silent ? `nothing came for ${silenceMs / 1000} s` : reason(cause), { cause });
  };
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: cut.signal });
    silence.refresh();
    return {
      status: response.status,
      headers: response.headers,
      close,
      async *chunks() {
        const reader = response.body?.getReader();
        try {
          while (reader) {
            const next = await reader.read().catch((cause: unknown) => Promise.reject(failure(cause)));
            if (next.done) return;
            silence.refresh();
            yield next.value;
          }
        } finally {
          close();
        }
      },
    };
  } catch (cause) {
    throw failure(cause);
  }
}

/** fetch says "fetch failed", and what really happened one level deeper. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  if (cause instanceof AggregateError) return reason(cause.errors[0]);
  return cause instanceof Error ? cause.message || reason(cause) : message;
}
