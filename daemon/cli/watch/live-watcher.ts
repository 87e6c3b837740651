import { createLogUpdate } from "log-update";
import type { Progress, RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import { coloured } from "../text/colours.ts";
import type { Style } from "../text/style.ts";
import { Chronicle } from "./chronicle.ts";
import { liveFrame } from "./live-frame.ts";
import { type RunFacts, RunView } from "./run-view.ts";
import { defaultColumns, type Screen, type Watcher } from "./watcher.ts";

/** Fast enough to look alive, slow enough to cost nothing. */
const redrawMs = 125;

/** Prints a header and a growing table, and below it redraws the live area while the run goes on. */
export class LiveWatcher implements Watcher {
  view: RunView | undefined;
  #chronicle: Chronicle | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #invocation: string;
  readonly #draw: ReturnType<typeof createLogUpdate>;

  /** @param now milliseconds of a clock that never goes back */
  constructor(screen: Screen, now: () => number, invocation: string) {
    this.#screen = screen;
    this.#now = now;
    this.#invocation = invocation;
    this.#draw = createLogUpdate(screen);
  }

  begin(facts: RunFacts): void {
    const columns = this.#columns;
    this.view = new RunView(facts, this.#now());
    this.#chronicle = new Chronicle(this.view, { columns, isAlone: false });
    this.say(...this.#chronicle.opening(columns, coloured));
    this.#timer = setInterval(() => this.#redraw(), redrawMs);
  }

  change(overview: RunOverview): void {
    this.view?.change(overview, this.#now());
  }

  progress(progress: Progress): void {
    this.view?.accept(progress, this.#now());
  }

  finish(rounds: readonly RoundRecord[]): void {
    this.view?.rounds.push(...rounds);
    const lines = [
      ...(this.#chronicle?.notes(rounds, this.#style) ?? []),
      ...(this.#chronicle?.rows(rounds, this.#now()) ?? []),
    ];
    if (lines.length > 0) this.say(...lines);
  }

  say(...lines: string[]): void {
    this.#draw.clear();
    for (const line of lines) this.#screen.write(`${line}\n`);
    if (this.#timer) this.#redraw();
  }

  close(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#redraw();
    this.#draw.done();
  }

  get #columns(): number {
    return this.#screen.columns ?? defaultColumns;
  }

  get #style(): Style {
    return { columns: this.#columns, colours: coloured, invocation: this.#invocation };
  }

  #redraw(): void {
    if (!this.view) return;
    this.#draw(["", ...liveFrame(this.view, this.#now(), this.#style)].join("\n"));
  }
}
