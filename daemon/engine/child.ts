import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { AbortedError, SparringError } from "../errors.ts";
import type { EngineNotice, EngineStatus, Telemetry } from "./engine.ts";
import { type Frame, type FrameArray, readFrames, writeFrame } from "./frames.ts";

/**
 * An engine's process and the requests under way in it. A native crash there ends that process, not the daemon: every
 * pending request then rejects with a report of how it died.
 */
export class EngineProcess {
  /** Hears what the process changed by itself. */
  onNotice: ((notice: EngineNotice) => void) | undefined;
  readonly #child: ChildProcess;
  readonly #dumpSignal: NodeJS.Signals | undefined;
  readonly #name: string;
  readonly #pending = new Map<number, Pending>();
  readonly #lastWords: string[] = [];
  #unfinishedLine = "";
  #next = 1;
  #ended: SparringError | undefined;
  #closing = false;
  #killedBecause: string | undefined;
  #telemetry: Telemetry | undefined;
  #lastHeard = performance.now();
  readonly #exited: Promise<void>;

  /**
   * @param name    the engine, for messages
   * @param command program and arguments
   * @param options `dumpSignal`: makes the process write the stacks of its threads to stderr
   */
  constructor(
    name: string,
    command: readonly [string, ...string[]],
    options: { readonly dumpSignal?: NodeJS.Signals } = {},
  ) {
    this.#name = name;
    this.#dumpSignal = options.dumpSignal;
    const [program, ...args] = command;
    this.#child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    readFrames(this.#child.stdout!, (frame) => this.#receive(frame));
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => this.#remember(text));
    // A write to a process that just died: its exit is reported below.
    this.#child.stdin!.on("error", () => {});
    this.#exited = new Promise((resolve) => {
      this.#child.on("error", (error) => {
        this.#end(`could not be started: ${error.message}`);
        resolve();
      });
      this.#child.on("exit", (code, signal) => {
        const end = (): void => {
          clearTimeout(timer);
          this.#end(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
          resolve();
        };
        // Its last words may arrive after its end; a process of its own that it left may hold them back for ever.
        const timer = setTimeout(end, lastWordsMs);
        this.#child.once("close", end);
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What the process is doing, as far as its frames tell. */
  status(): EngineStatus {
    const [oldest] = this.#pending.values();
    const { pid } = this;
    return {
      alive: !this.#ended,
      ...(pid !== undefined && { pid }),
      ...(oldest && { call: oldest.verb }),
      silentSeconds: (performance.now() - this.#lastHeard) / 1000,
      ...(this.#telemetry && { telemetry: this.#telemetry }),
    };
  }

  /** Sends a request and waits for its answer. */
  async request(
    verb: string,
    fields: Readonly<Record<string, unknown>> = {},
    arrays: readonly FrameArray[] = [],
    options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number, total: number) => void } = {},
  ): Promise<{ value: unknown; arrays: readonly FrameArray[] }> {
    if (this.#ended) throw this.#ended;
    if (options.signal?.aborted) throw new AbortedError(verb);
    const id = this.#next++;
    const abort = (): void => this.#write({ header: { id: this.#next++, verb: "abort", target: id }, arrays: [] });
    options.signal?.addEventListener("abort", abort, { once: true });
    // Silence counts from when there was something to say.
    if (this.#pending.size === 0) this.#lastHeard = performance.now();
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { verb, resolve, reject, onProgress: options.onProgress });
        this.#write({ header: { ...fields, id, verb }, arrays });
      });
    } finally {
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Ends the process: its stdin closes, and it is killed if that is not enough. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#child.stdin!.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends a process that hangs, once it had a moment to say where. */
  async kill(why: string): Promise<void> {
    if (this.#ended) return;
    this.#killedBecause = why;
    if (this.#dumpSignal) {
      this.#child.kill(this.#dumpSignal);
      await Promise.race([this.#exited, sleep(dumpMs)]);
    }
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  #write(frame: Frame): void {
    if (!this.#ended) writeFrame(this.#child.stdin!, frame);
  }

  #receive({ header, arrays }: Frame): void {
    const { id, value, error, progress, notice, telemetry } = header as unknown as Reply;
    if (notice) this.onNotice?.(notice);
    if (telemetry) this.#telemetry = telemetry;
    // These two come by themselves, from a process that hangs as well.
    if (notice || telemetry) return;
    this.#lastHeard = performance.now();
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (progress) {
      pending.onProgress?.(...progress);
      return;
    }
    this.#pending.delete(id);
    if (error) pending.reject(revive(error, pending.verb));
    else pending.resolve({ value, arrays });
  }

  /** Keeps the last lines of stderr; a chunk may end within a line. */
  #remember(text: string): void {
    const lines = (this.#unfinishedLine + text).split("\n");
    this.#unfinishedLine = lines.pop()!;
    this.#lastWords.push(...lines.filter((line) => line.trim() !== "").map(clipped));
    this.#lastWords.splice(0, this.#lastWords.length - lastLines);
  }

  #end(how: string): void {
    if (this.#ended) return;
    this.#remember("\n");
    const words = this.#lastWords.length > 0 ? ` It last wrote:\n${this.#lastWords.join("\n")}` : "";
    this.#ended = this.#endedHow(how, words);
    for (const pending of this.#pending.values()) pending.reject(this.#ended);
    this.#pending.clear();
  }

  #endedHow(how: string, words: string): SparringError {
    const next = "Resume the run: it goes on after its last finished round.";
    if (this.#killedBecause !== undefined) {
      const message = `The ${this.#name} engine was ended because it hung: ${this.#killedBecause}${words}`;
      return new SparringError("engine/hung", message, next);
    }
    if (this.#closing) {
      return new SparringError("engine/closed", `The ${this.#name} engine is closed.`, "Open it again.");
    }
    return new SparringError(
      "engine/died",
      `The ${this.#name} engine's process ${how}.${words}`,
      `${next} If it dies again, lower engine.micro_batch_tokens.`,
    );
  }
}

/** Of stderr, the last so many lines, each at most so long, go into the report of a death: room for the stacks of a few threads. */
const lastLines = 60;
const maxLine = 300;
/** After a process's exit its output is waited for this long, milliseconds. */
const lastWordsMs = 500;
/** A process has this long to write down its stacks before it is killed, milliseconds. */
const dumpMs = 500;

function clipped(line: string): string {
  return line.length <= maxLine ? line : `${line.slice(0, maxLine)}…`;
}

interface Pending {
  readonly verb: string;
  readonly resolve: (answer: { value: unknown; arrays: readonly FrameArray[] }) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

interface ErrorFields {
  readonly aborted?: true;
  readonly code?: string;
  readonly message: string;
  readonly next?: string;
  readonly place?: string;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: ErrorFields;
  readonly progress?: [number, number];
  readonly notice?: EngineNotice;
  readonly telemetry?: Telemetry;
}

function revive(error: ErrorFields, verb: string): Error {
  if (error.aborted) return new AbortedError(verb);
  if (error.code && error.next) {
    return new SparringError(error.code, error.message, error.next, error.place ? { place: error.place } : {});
  }
  return new Error(`${verb}: ${error.message}`);
}
