import { validAnswer, validNotification } from "../../daemon/client/validate.ts";
import { fromResponseError } from "../../daemon/wire/problems.ts";
import type { Link } from "./daemon.ts";

/** A connection as JSON-RPC's library has it: what comes over it may be anything. */
export interface RawLink extends Pick<Link, "hello" | "notice" | "closed" | "close"> {
  /** Sends a request; what rejects is as the library has it. */
  request(method: string, params: unknown, signal: AbortSignal | undefined): Promise<unknown>;
  /** Called with every notification of Sparring. */
  listen(listener: (method: string, params: unknown) => void): void;
}

/**
 * A connection whose answers and notifications are as the protocol says: others are refused, or not passed on. `Daemon` is loaded
 * with the window, and the protocol's schemas with the first connection: so they are used here, and not there.
 */
export function validLink(raw: RawLink): Link {
  const { hello, notice, closed } = raw;
  const isForeign = !hello.compatible;
  return {
    hello,
    notice,
    closed,
    async request(method, params, signal) {
      const answer = await raw.request(method, params, signal).catch((error: unknown) => {
        throw fromResponseError(error);
      });
      return validAnswer(method, answer, isForeign);
    },
    listen: (listener) =>
      raw.listen((method, params) => {
        const told = validNotification(method, params, isForeign);
        if (told) listener(told);
      }),
    close: () => raw.close(),
  };
}
