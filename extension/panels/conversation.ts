import { AbortedError, SparringError } from "../../daemon/errors.ts";
import type { Method, NotificationMethod, ParamsOf, Problem } from "../../daemon/protocol.ts";
import type { FromHost, PanelName, PanelSettings } from "../../webview/shared/messages.ts";
import type { Daemon } from "../daemon/daemon.ts";
import type { Runs } from "../runs/runs.ts";
import type { FromPanel } from "./messages.ts";
import { mayAsk } from "./verbs.ts";

/** What a conversation needs of the window. */
export interface Surroundings {
  readonly daemon: Pick<Daemon, "request" | "on" | "onState" | "state" | "problem">;
  readonly runs: Pick<Runs, "watch" | "progressOf">;
  /** Posts to the webview. */
  /** Does what asks the judges of runs: their user may have to agree to a server first. */
  readonly askingJudges: <T>(runs: readonly string[], work: () => Promise<T>) => Promise<T>;
  readonly post: (message: FromHost) => void;
  readonly setTitle: (title: string) => void;
  readonly runCommand: (command: string, args: unknown) => void;
  readonly settings: () => PanelSettings;
  /** A failure that is a bug. */
  readonly log: (error: unknown) => void;
}

/** All that the daemon tells is passed on, but for progress of runs that this panel does not watch. */
const told = [
  "sparring/run/changed",
  "sparring/round/progress",
  "sparring/task/progress",
  "sparring/alarm",
  "sparring/rating/changed",
] as const;

/** Talks with one panel's script: passes its questions on to the daemon, and what the daemon tells on to it. */
export class Conversation {
  readonly #panel: PanelName;
  readonly #world: Surroundings;
  readonly #questions = new Map<number, AbortController>();
  readonly #endings: (() => void)[];
  #input: unknown;
  #isReady = false;
  #watched: { readonly run: string; readonly release: () => void } | undefined;

  constructor(panel: PanelName, input: unknown, world: Surroundings) {
    this.#panel = panel;
    this.#input = input;
    this.#world = world;
    const { daemon } = world;
    this.#endings = [
      ...told.map((method) => daemon.on(method, (params) => this.#tell(method, params))),
      daemon.onState(() => this.#sayConnection()),
    ];
  }

  /** What it shows, to be kept for a window that opens again. */
  get input(): unknown {
    return this.#input;
  }

  /** Shows another thing in the same panel. */
  show(input: unknown): void {
    this.#input = input;
    if (this.#isReady) this.#open();
  }

  /** A message of the script. */
  hear(message: FromPanel): void {
    switch (message.type) {
      case "ready":
        // A script that says it again is a new one: its page was hidden meanwhile.
        this.#forget();
        this.#isReady = true;
        this.#open();
        this.#sayConnection();
        break;
      case "ask":
        void this.#ask(message.id, message.method, message.params);
        break;
      case "cancel":
        this.#questions.get(message.id)?.abort();
        break;
      case "command":
        this.#world.runCommand(message.command, message.args);
        break;
      case "watch":
        this.#watch(message.run);
        break;
      case "title":
        this.#world.setTitle(message.title);
        break;
    }
  }

  dispose(): void {
    this.#isReady = false;
    this.#forget();
    for (const end of this.#endings) end();
  }

  async #ask(id: number, method: string, params: unknown): Promise<void> {
    const { daemon, post, askingJudges } = this.#world;
    if (!mayAsk(this.#panel, method)) return post({ type: "failure", id, problem: notForPanels(this.#panel, method) });
    const question = new AbortController();
    this.#questions.set(id, question);
    try {
      // The daemon validates what it is sent.
      const ask = (): Promise<unknown> => daemon.request(method, params as ParamsOf<Method>, question);
      const result = await (method === "sparring/checkpoint/compare" ? askingJudges(runsOf(params), ask) : ask());
      if (this.#questions.get(id) === question) post({ type: "answer", id, result });
    } catch (error) {
      if (this.#questions.get(id) === question) post({ type: "failure", id, problem: this.#problemOf(error) });
    } finally {
      if (this.#questions.get(id) === question) this.#questions.delete(id);
    }
  }

  #watch(run: string | undefined): void {
    if (this.#watched?.run === run) return;
    this.#watched?.release();
    this.#watched = run === undefined ? undefined : { run, release: this.#world.runs.watch(run) };
    const progress = run === undefined ? undefined : this.#world.runs.progressOf(run);
    if (progress) this.#world.post({ type: "told", method: "sparring/round/progress", params: progress });
  }

  #tell(method: NotificationMethod, params: unknown): void {
    if (!this.#isReady) return;
    if (method === "sparring/round/progress" && (params as { run: string }).run !== this.#watched?.run) return;
    this.#world.post({ type: "told", method, params });
  }

  #open(): void {
    this.#world.post({ type: "open", panel: this.#panel, input: this.#input, settings: this.#world.settings() });
  }

  #sayConnection(): void {
    if (!this.#isReady) return;
    const { state, problem } = this.#world.daemon;
    const why = problem && `${problem.message} ${problem.next}`;
    this.#world.post({ type: "connection", state, ...(why !== undefined && { why }) });
  }

  /** Gives up what the script asked for and watches. */
  #forget(): void {
    for (const question of this.#questions.values()) question.abort();
    this.#questions.clear();
    this.#watch(undefined);
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof SparringError) {
      const { code, message, next, place } = error;
      return { code, message, next, ...(place !== undefined && { place }) };
    }
    if (error instanceof AbortedError) {
      return { code: "extension/cancelled", message: "The request was cancelled.", next: "Ask again." };
    }
    this.#world.log(error);
    return {
      code: "extension/bug",
      message: "The editor failed at this request, which is a bug in Sparring.",
      next: "Run “Sparring: Show Log” and report what it says.",
    };
  }
}

/** The runs of a comparison, as far as they can be read: the daemon refuses what is none. */
function runsOf(params: unknown): string[] {
  const { sides } = (params ?? {}) as { readonly sides?: unknown };
  const runs = Array.isArray(sides) ? sides.map((side: { readonly run?: unknown } | null) => side?.run) : [];
  return runs.filter((run) => typeof run === "string");
}

function notForPanels(panel: PanelName, method: string): Problem {
  return {
    code: "extension/not-for-panels",
    message: `The ${panel} panel may not ask for ${JSON.stringify(method.slice(0, 100))}.`,
    next: "Use the command of the palette that does it.",
  };
}
