import { createLogUpdate } from "log-update";
import type { RunEvent } from "../../runs/events.ts";
import { coloured } from "../text/colours.ts";
import { Chronicle } from "./chronicle.ts";
import { liveFrame } from "./live-frame.ts";
import { RunView } from "./run-view.ts";
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
  readonly #draw: ReturnType<typeof createLogUpdate>;

  /** @param now milliseconds of a clock that never goes back */
  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
    this.#draw = createLogUpdate(screen);
  }

  accept(event: RunEvent): void {
    if (event.type === "started") {
      const columns = this.#columns;
      this.view = new RunView(event, this.#now());
      this.#chronicle = new Chronicle(this.view, { columns, isAlone: false });
      this.say(...this.#chronicle.opening(columns, coloured));
      this.#timer = setInterval(() => this.#redraw(), redrawMs);
      return;
    }
    const now = this.#now();
    this.view?.accept(event, now);
    const row = event.type === "round" ? this.#chronicle?.row(now) : undefined;
    if (row !== undefined) this.say(row);
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
    if (this.view) this.view.progress = undefined;
    this.#redraw();
    this.#draw.done();
  }

  get #columns(): number {
    return this.#screen.columns ?? defaultColumns;
  }

  #redraw(): void {
    if (this.view) this.#draw(["", ...liveFrame(this.view, this.#now(), this.#columns, coloured)].join("\n"));
  }
}
