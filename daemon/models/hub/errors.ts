import { SparringError } from "../../errors.ts";
import type { HubId } from "./id.ts";
import type { HubSettings } from "./settings.ts";

/** What may go well when it is tried again: a broken connection, a busy server. Never leaves this folder. */
export class TransientFailure extends Error {
  override readonly name = "TransientFailure";
  /** How long the server asked to wait, ms. */
  readonly retryAfterMs: number | undefined;

  constructor(what: string, options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(what, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The errors that a model of the hub can have, worded for one model at one endpoint. */
export class HubErrors {
  readonly #host: string;
  readonly #page: string;
  readonly #id: HubId;
  readonly #hasToken: boolean;

  constructor({ endpoint, token }: HubSettings, id: HubId) {
    this.#host = new URL(endpoint).host;
    this.#page = `${endpoint}/${id.repo}`;
    this.#id = id;
    this.#hasToken = token !== undefined;
  }

  /** An answer that no retry will change. The hub says in headers what it means by its status. */
  refused(status: number, headers: Headers): SparringError {
    const code = headers.get("x-error-code") ?? "";
    const says = headers.get("x-error-message") ?? "";
    const { repo, revision } = this.#id;
    if (code === "GatedRepo") return this.#gated();
    if (code === "EntryNotFound") return this.unexpected("doesn't have a file that it lists");
    if (code === "RevisionNotFound") {
      return this.#error(
        "model/hub-no-revision",
        `the model has no revision "${revision}"`,
        `Choose one of those listed at ${this.#page}/tree/main, or leave "@${revision}" out.`,
      );
    }
    if (says.startsWith("Invalid credentials")) {
      return this.#error(
        "model/hub-bad-token",
        `${this.#host} refuses the token that it was sent`,
        "Set HF_TOKEN to a valid token (or log in with `hf auth login`), or unset it for public models.",
      );
    }
    // Who may not see a private model is told 401, as for one that does not exist.
    if (status === 404 || status === 401) {
      return this.#error(
        "model/hub-not-found",
        `${this.#host} has no model "${repo}"${this.#hasToken ? "" : " that everybody may see"}, and there is no folder of that name`,
        this.#hasToken
          ? "Correct the name, or use a token whose account may see the model."
          : "Correct the name; for a private model, set HF_TOKEN.",
      );
    }
    if (status === 403) return this.#gated();
    return this.unexpected(`answers ${status}${says && ` (${says})`}`);
  }

  #gated(): SparringError {
    if (this.#hasToken) {
      return this.#error(
        "model/hub-gated",
        "the account of your token may not download this model",
        `Accept the licence at ${this.#page} with that account, and check that the token may read gated models.`,
      );
    }
    return this.#error(
      "model/hub-gated",
      "the model is only for those who accepted its licence",
      `Accept the licence at ${this.#page}, then set HF_TOKEN to a token of that account.`,
    );
  }

  /** The server does something that the hub doesn't do. */
  unexpected(what: string, cause?: unknown): SparringError {
    return this.#error(
      "model/hub-unexpected",
      `${this.#host} ${what}`,
      "Try again later; if HF_ENDPOINT is set, check that it is a server that speaks the Hugging Face hub's API.",
      cause,
    );
  }

  /** It was tried often enough. */
  unreachable(failure: TransientFailure): SparringError {
    return this.#error(
      "model/hub-unreachable",
      `downloading from ${this.#host} fails: ${failure.message}`,
      "Check the connection and try again: what was downloaded is kept. Or give the model as a folder.",
      failure,
    );
  }

  /** What came is, also in a second try, not what the hub announced. */
  damaged(file: string): SparringError {
    return this.#error(
      "model/hub-damaged",
      `${file} is not what ${this.#host} announced: size or hash differ, twice`,
      "Try again later; the damaged file was deleted. A proxy or mirror in between may change files.",
    );
  }

  offline(missing: string): SparringError {
    return this.#error(
      "model/hub-offline",
      `HF_HUB_OFFLINE is set, and the cache has no whole copy of the model: ${missing}`,
      "Unset HF_HUB_OFFLINE to download it, or correct HF_HOME if your cache is elsewhere.",
    );
  }

  noSpace(dir: string, needed: number, free: number): SparringError {
    return new SparringError(
      "model/hub-no-space",
      `the model needs ${gigabytes(needed)} more, and its disk has ${gigabytes(free)} free`,
      "Free some space, or set HF_HOME to a folder on a larger disk.",
      { place: dir },
    );
  }

  cacheUnusable(dir: string, cause: Error): SparringError {
    return new SparringError(
      "model/hub-cache",
      `the Hugging Face cache can't be written: ${cause.message}`,
      "See that the folder is writable and its disk has space, or set HF_HOME to another one.",
      { place: dir, cause },
    );
  }

  #error(code: string, message: string, next: string, cause?: unknown): SparringError {
    const { repo, revision } = this.#id;
    return new SparringError(code, message, next, {
      place: revision === "main" ? repo : `${repo}@${revision}`,
      cause,
    });
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
