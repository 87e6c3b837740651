import { Message, type RequestMessage } from "vscode-jsonrpc/node";
import { SparringError } from "../errors.ts";
import { MalformedMessage } from "../wire/message.ts";

/** Requests of one client that are under way at once. */
const maxRequests = 64;
/** Messages that were read and wait for their turn; above it nothing is read until half of them are gone. */
const maxWaiting = 128;

export interface IntakeOptions {
  readonly saidHello: () => boolean;
  /** Answers a request that does not get through. */
  readonly refuse: (request: RequestMessage, why: SparringError) => void;
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * Which messages of a client reach the JSON-RPC library. It queues without a limit and keeps books by id, so its books are kept
 * in order here: no id twice at once, a bounded number of requests and of waiting messages, one cancellation a request.
 */
export class Intake {
  readonly #options: IntakeOptions;
  /** Requests under way by id, as the library tells them apart (`1` and `"1"` are one), and whether each was cancelled. */
  readonly #requests = new Map<string, { isCancelled: boolean }>();
  #waiting = 0;
  #isPaused = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /**
   * Whether a message goes on to its handler.
   * @throws MalformedMessage for a request whose id is in use
   */
  enter(message: Message): boolean {
    // The daemon asks its clients nothing, so no response answers anything.
    if (Message.isResponse(message)) return false;
    if (Message.isRequest(message)) return this.#enterRequest(message) && this.#count();
    if (!this.#options.saidHello()) return false;
    if (!Message.isNotification(message) || message.method !== "$/cancelRequest") return this.#count();
    const request = this.#requests.get(String((message.params as unknown as { id: string | number }).id));
    if (!request || request.isCancelled) return false;
    request.isCancelled = true;
    return true;
  }

  /** A message left the library's queue. */
  dispatched(message: Message): void {
    const isCancellation = Message.isNotification(message) && message.method === "$/cancelRequest";
    if (isCancellation) return;
    this.#waiting--;
    if (!this.#isPaused || this.#waiting > maxWaiting / 2) return;
    this.#isPaused = false;
    this.#options.resume();
  }

  /** The response to a request was handed to the system, or can't be. */
  answered(id: string | number | null): void {
    this.#requests.delete(String(id));
  }

  #enterRequest(request: RequestMessage): boolean {
    const id = String(request.id);
    if (this.#requests.has(id)) throw new MalformedMessage("the id of its request is in use");
    if (!this.#options.saidHello() && request.method !== "sparring/hello") return this.#refuse(request, helloFirst());
    if (this.#requests.size >= maxRequests) return this.#refuse(request, busy());
    this.#requests.set(id, { isCancelled: false });
    return true;
  }

  #refuse(request: RequestMessage, why: SparringError): false {
    this.#options.refuse(request, why);
    return false;
  }

  #count(): true {
    this.#waiting++;
    if (this.#waiting > maxWaiting && !this.#isPaused) {
      this.#isPaused = true;
      this.#options.pause();
    }
    return true;
  }
}

function helloFirst(): SparringError {
  return new SparringError(
    "protocol/hello-first",
    "A request came before the client's hello was answered.",
    "Send `sparring/hello` first, and wait for its answer.",
  );
}

function busy(): SparringError {
  return new SparringError(
    "protocol/busy",
    `This client has ${maxRequests} requests under way.`,
    "Wait for some of the answers, then ask again.",
  );
}
