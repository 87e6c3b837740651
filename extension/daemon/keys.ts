import { z } from "zod";
import type { Daemon } from "./daemon.ts";

/** Where an editor keeps secrets; VS Code's own is encrypted by the system. */
export interface Secrets {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, value: string): PromiseLike<void>;
}

/** The one secret that is kept: a key for each origin. */
const name = "sparring.keys";
const keysSchema = z.record(z.string(), z.string());

/**
 * Keys for judges' servers, each for one origin. The editor keeps them; the daemon has them in memory only, from each connection on,
 * and sends one to its origin alone. They are in no file, setting or log of ours.
 */
export class Keys {
  readonly #secrets: Secrets;
  readonly #daemon: Pick<Daemon, "request">;

  constructor(secrets: Secrets, daemon: Pick<Daemon, "request">) {
    this.#secrets = secrets;
    this.#daemon = daemon;
  }

  /** The servers that there is a key for. */
  async origins(): Promise<string[]> {
    return Object.keys(await this.#read());
  }

  /** Gives the daemon a key, and keeps it. @throws SparringError the daemon's, for what is no origin or an insecure one: nothing is kept */
  async give(origin: string, key: string): Promise<void> {
    await this.#daemon.request("sparring/key/give", { origin, key });
    await this.#write({ ...(await this.#read()), [origin]: key });
  }

  /** Forgets a key, and has the daemon forget it. */
  async forget(origin: string): Promise<void> {
    const { [origin]: _, ...others } = await this.#read();
    await this.#write(others);
    await this.#daemon.request("sparring/key/forget", { origin });
  }

  /** Gives a daemon that was just reached all keys. */
  async giveAll(): Promise<void> {
    for (const [origin, key] of Object.entries(await this.#read())) {
      await this.#daemon.request("sparring/key/give", { origin, key });
    }
  }

  async #read(): Promise<Record<string, string>> {
    return keysSchema.safeParse(jsonOf((await this.#secrets.get(name)) ?? "{}")).data ?? {};
  }

  async #write(keys: Record<string, string>): Promise<void> {
    await this.#secrets.store(name, JSON.stringify(keys));
  }
}

/** Undefined for what is not JSON: the error of `JSON.parse` would quote the secret, and errors are logged. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The origin of a server's address, which a key is bound to; undefined for what is no address of the web. */
export function originOf(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
