import type { RunOverview } from "../../../daemon/protocol.ts";
import type { Closed } from "../../../extension/daemon/daemon.ts";
import type { RawLink } from "../../../extension/daemon/valid-link.ts";

/** A run that a daemon could tell of. */
export function overview(id: string, facts: Partial<RunOverview> = {}): RunOverview {
  return {
    id,
    name: id,
    state: "finished",
    since: "2026-01-01T00:00:00Z",
    createdAt: "2026-01-01T00:00:00Z",
    algorithm: "lsp",
    task: "addition",
    model: "builtin:nano",
    seed: 1,
    round: 12,
    rounds: 20,
    accuracy: null,
    ratings: 0,
    ...facts,
  };
}

/** A connection whose other end is the test. */
export class FakeLink implements RawLink {
  readonly hello = { protocol: 1, compatible: true, version: "1", build: "b", home: "/h", pid: 1, startedAt: "" };
  readonly notice = undefined;
  /** What was asked, in order. */
  readonly asked: { method: string; params: unknown; signal: AbortSignal | undefined }[] = [];
  readonly closed: Promise<Closed>;
  end!: (closed: Closed) => void;
  tell!: (method: string, params: unknown) => void;
  readonly #answer: (method: string, params: unknown) => unknown;

  constructor(answer: (method: string, params: unknown) => unknown = () => ({})) {
    this.#answer = answer;
    this.closed = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  async request(method: string, params: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    this.asked.push({ method, params, signal });
    return this.#answer(method, params);
  }

  listen(listener: (method: string, params: unknown) => void): void {
    this.tell = listener;
  }

  async close(): Promise<void> {
    this.end({ reason: "closed here", isMeant: false });
  }
}
