import { SparringError } from "../errors.ts";

/**
 * Keys for servers, in memory only, each bound to one origin (scheme, host and port): a config from somewhere can name any
 * server, and gets the key of that server or none. Nothing here is logged, written or sent to a client.
 */
export class Keys {
  readonly #keys = new Map<string, string>();

  /** @throws SparringError `server/bad-origin`, `server/insecure-origin` */
  give(origin: string, key: string): void {
    this.#keys.set(checkedOrigin(origin), key);
  }

  /** @throws SparringError as `give` */
  forget(origin: string): void {
    this.#keys.delete(checkedOrigin(origin));
  }

  /** The key to send with a request to this address, if one was given for its origin. */
  keyFor(url: string): string | undefined {
    const parsed = parseUrl(url);
    return parsed ? this.#keys.get(parsed.origin) : undefined;
  }
}

function checkedOrigin(origin: string): string {
  const url = parseUrl(origin);
  const isOrigin = url && /^https?:$/.test(url.protocol) && (origin === url.origin || origin === `${url.origin}/`);
  if (!isOrigin) {
    throw new SparringError(
      "server/bad-origin",
      "What the key is for is not an origin (scheme, host and port).",
      "Give it like `https://api.example.com` or `http://127.0.0.1:8000`, without a path, a user name or capitals.",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new SparringError(
      "server/insecure-origin",
      `A key for ${url.origin} would cross the network unencrypted.`,
      "Use https, or a server on this machine.",
      { place: url.origin },
    );
  }
  return url.origin;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
