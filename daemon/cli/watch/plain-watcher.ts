import type { RunEvent } from "../../runs/events.ts";
import { plain } from "../text/colours.ts";
import { Chronicle } from "./chronicle.ts";
import { RunView } from "./run-view.ts";
import { defaultColumns, type Screen, type Watcher } from "./watcher.ts";

/** Prints a header and one line every few rounds, without colours or cursor movements: for logs and pipes. */
export class PlainWatcher implements Watcher {
  view: RunView | undefined;
  #chronicle: Chronicle | undefined;
  readonly #screen: Screen;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(screen: Screen, now: () => number) {
    this.#screen = screen;
    this.#now = now;
  }

  accept(event: RunEvent): void {
    if (event.type === "started") {
      const columns = this.#screen.columns ?? defaultColumns;
      this.view = new RunView(event, this.#now());
      this.#chronicle = new Chronicle(this.view, { columns, isAlone: true });
      this.say(...this.#chronicle.opening(columns, plain));
      return;
    }
    const now = this.#now();
    this.view?.accept(event, now);
    const row = event.type === "round" ? this.#chronicle?.row(now) : undefined;
    if (row !== undefined) this.say(row);
  }

  say(...lines: string[]): void {
    for (const line of lines) this.#screen.write(`${line}\n`);
  }

  close(): void {}
}
