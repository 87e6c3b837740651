import { z } from "zod";
import { ask, type Reply } from "./connection.ts";
import { HubErrors, TransientFailure } from "./errors.ts";
import type { HubId } from "./id.ts";
import { Patience } from "./patience.ts";
import type { HubSettings } from "./settings.ts";

/** A file of a model on the hub. */
export interface RemoteFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Its name among the cache's blobs: hex of the content's SHA-256 (64 digits; LFS) or of its git blob SHA-1 (40). */
  readonly hash: string;
}

const maxRedirects = 10;
const maxListingBytes = 100e6;
const redirects = new Set([301, 302, 303, 307, 308]);
const commitPattern = /^[0-9a-f]{40}$/;

const listingSchema = z.object({
  sha: z.string().regex(commitPattern),
  siblings: z.array(z.object({ rfilename: z.string() })),
});

/**
 * One model's part of the hub's file API, which is three requests. The package @huggingface/hub (2.17) has them, but as
 * of its `snapshotDownload` it takes all files of a repository, pickle included, begins a file anew after every break,
 * checks no hash, and can't be cancelled or watched.
 */
export class HubClient {
  readonly settings: HubSettings;
  readonly errors: HubErrors;
  readonly signal: AbortSignal | undefined;
  readonly #id: HubId;

  constructor(settings: HubSettings, id: HubId, signal: AbortSignal | undefined) {
    this.settings = settings;
    this.errors = new HubErrors(settings, id);
    this.signal = signal;
    this.#id = id;
  }

  /** The commit that the revision means now, and the names of its files. @throws SparringError `model/hub-…`, AbortedError */
  async list(): Promise<{ commit: string; names: string[] }> {
    const { repo, revision } = this.#id;
    const text = await this.#patiently(async () => {
      const reply = await this.#request("GET", `/api/models/${repo}/revision/${encodeURIComponent(revision)}`);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of reply.chunks()) {
        bytes += chunk.length;
        if (bytes > maxListingBytes) throw this.errors.unexpected("lists more files than a model can have");
        chunks.push(chunk);
      }
      return Buffer.concat(chunks).toString("utf8");
    });
    try {
      const { sha, siblings } = listingSchema.parse(JSON.parse(text));
      return { commit: sha, names: siblings.map(({ rfilename }) => rfilename) };
    } catch (cause) {
      throw this.errors.unexpected("lists the model's files in a way that the hub doesn't", cause);
    }
  }

  /** A file's size and hash. @throws SparringError `model/hub-…`, AbortedError */
  async stat(commit: string, name: string): Promise<RemoteFile> {
    const { headers } = await this.#patiently(async () => {
      const reply = await this.#request("HEAD", this.#path(commit, name));
      reply.close();
      return reply;
    });
    // Of a file in LFS, these two are about the content; ETag and Content-Length are about the redirect to it.
    const tag = headers.get("x-linked-etag") ?? headers.get("etag") ?? "";
    const hash = /^(?:W\/)?"?([0-9a-f]{40}|[0-9a-f]{64})"?$/.exec(tag)?.[1];
    const size = headers.get("x-linked-size") ?? headers.get("content-length") ?? "";
    if (hash === undefined) throw this.errors.unexpected(`gives no hash for ${name} (its ETag is "${tag}")`);
    if (!/^\d{1,15}$/.test(size)) throw this.errors.unexpected(`gives no size for ${name}`);
    return { name, size: Number(size), hash };
  }

  /**
   * A file's bytes from a position on, if the server can: see the reply's status.
   * @throws SparringError `model/hub-…`, TransientFailure, AbortedError
   */
  read(commit: string, { name, hash }: RemoteFile, from: number): Promise<Reply> {
    const path = this.#path(commit, name);
    return from === 0 ? this.#request("GET", path) : this.#request("GET", path, { from, hash });
  }

  patience(): Patience {
    const { backOffMs } = this.settings;
    return new Patience(backOffMs, this.signal, (failure) => this.errors.unreachable(failure));
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    const patience = this.patience();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        await patience.after(error);
      }
    }
  }

  #path(commit: string, name: string): string {
    return `/${this.#id.repo}/resolve/${commit}/${encodeURIComponent(name)}`;
  }

  /** Follows redirects; a HEAD only on the hub itself, because only the hub's own answer has the hash. */
  async #request(method: "GET" | "HEAD", path: string, range?: { from: number; hash: string }): Promise<Reply> {
    const { endpoint, token, silenceMs } = this.settings;
    const { origin } = new URL(endpoint);
    let url = new URL(endpoint + path);
    let onHub = true;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const reply = await ask(
        url,
        {
          method,
          headers: {
            // Compressed, a file would have another length and other positions.
            "accept-encoding": "identity",
            "user-agent": "sparring",
            // Nobody but the hub may see the token: not the servers that it redirects to, and not what they redirect to.
            ...(onHub && token !== undefined && { authorization: `Bearer ${token}` }),
            ...(range && { range: `bytes=${range.from}-` }),
            // Other servers have tags of their own. The hash over the whole file catches a change there.
            ...(range && onHub && { "if-range": `"${range.hash}"` }),
          },
        },
        silenceMs,
        this.signal,
      );
      if (!redirects.has(reply.status)) return this.#judge(reply);
      const location = reply.headers.get("location") ?? "";
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (!next || !/^https?:$/.test(next.protocol)) {
        reply.close();
        throw this.errors.unexpected(`redirects to "${location}"`);
      }
      onHub &&= next.origin === origin;
      if (method === "HEAD" && !onHub) return reply;
      reply.close();
      url = next;
    }
    throw this.errors.unexpected("redirects in a circle");
  }

  #judge(reply: Reply): Reply {
    const { status, headers } = reply;
    // 416: the half file is longer than the server's; its reader begins anew.
    if (status === 200 || status === 206 || status === 416) return reply;
    reply.close();
    if (status === 408 || status === 429 || status >= 500) {
      throw new TransientFailure(`it answers ${status}`, { retryAfterMs: retryAfter(headers) });
    }
    throw this.errors.refused(status, headers);
  }
}

/** Retry-After is seconds, or a date. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : ms;
}
