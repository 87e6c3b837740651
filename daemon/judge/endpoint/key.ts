import { SparringError } from "../../errors.ts";

/** Where a judge's server is, and where its key may come from. */
export interface KeySource {
  readonly baseUrl: string;
  /** The environment variable that holds the key. */
  readonly variable: string | undefined;
  /** A key that was given to the daemon for the origin of an address, kept in memory only. */
  readonly keyFor: (url: string) => string | undefined;
}

/**
 * The key for a judge's server: the one that was given for its origin, else that of the environment variable which the config
 * names. It goes to that origin alone, and nowhere in clear. It must not be logged or put into an error.
 * @returns undefined where the config names no variable and no key was given: the server needs none
 * @throws SparringError `judge/no-key`, `judge/bad-key`, `judge/insecure-endpoint`
 */
export function keyOf({ baseUrl, variable, keyFor }: KeySource, environment: NodeJS.ProcessEnv): string | undefined {
  const { origin, protocol, hostname } = new URL(baseUrl);
  const key = keyFor(baseUrl) ?? (variable === undefined ? undefined : environment[variable]);
  if (variable !== undefined && !key) {
    throw new SparringError(
      "judge/no-key",
      `There is no key for the judge's server: the environment variable ${variable} is not set where the daemon was started.`,
      "Give the key for its origin to the editor, or set the variable and start the daemon anew.",
      { place: origin },
    );
  }
  if (key && protocol === "http:" && !isLoopback(hostname)) {
    throw new SparringError(
      "judge/insecure-endpoint",
      `The key for ${origin} would cross the network unencrypted.`,
      "Use https, or a server on this machine, or remove judge.endpoint.key_env.",
      { place: origin },
    );
  }
  // A header can't carry such a key: every request would fail, and say of the connection that it did.
  if (key && !/^[\x21-\x7e]+$/.test(key.trim())) {
    throw new SparringError(
      "judge/bad-key",
      `The key for ${origin} can't be sent: it has a space, a line break or a letter beyond ASCII in it.`,
      "Give it again, or correct the environment variable and start the daemon anew.",
      { place: origin },
    );
  }
  return key;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
