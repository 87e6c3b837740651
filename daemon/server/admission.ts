import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { socketPath } from "../wire/socket.ts";

/** Why a handshake is refused; the phrase goes to the log, the status to the client. */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 405;
  readonly why: string;
}

/** Of a request, what admission looks at. */
export type Handshake = Pick<IncomingMessage, "method" | "url" | "headersDistinct">;

/**
 * Decides on a WebSocket handshake, before the upgrade. Any web page that the user visits may try to open a socket here, and
 * any local user may: the page can't leave out its Origin, can't choose its Host (a name rebound to 127.0.0.1 keeps its own),
 * and neither knows the token.
 */
export function refusalOf(request: Handshake, port: number, token: string): Refusal | undefined {
  const { host, origin, authorization } = request.headersDistinct;
  if (request.method !== "GET") return { status: 405, why: "wrong method" };
  if (request.url !== socketPath) return { status: 404, why: "wrong path" };
  const isOurHost = host?.length === 1 && (host[0] === `127.0.0.1:${port}` || host[0] === `localhost:${port}`);
  if (!isOurHost) return { status: 403, why: "foreign Host" };
  if (origin !== undefined) return { status: 403, why: "Origin of a web page" };
  if (authorization?.length !== 1) return { status: 401, why: "no token" };
  if (!isEqual(authorization[0]!, `Bearer ${token}`)) return { status: 401, why: "wrong token" };
  return undefined;
}

/** Compares two strings in a time that tells nothing about either: hashes are of one length and can't be aimed at. */
function isEqual(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
