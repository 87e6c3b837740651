import type { Progress, RunOverview } from "../../protocol.ts";
import type { RoundRecord } from "../../store/records.ts";
import { plain } from "../text/colours.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import { Chronicle } from "./chronicle.ts";
import { type RunFacts, RunView } from "./run-view.ts";
import { defaultColumns, type Screen, type Watcher } from "./watcher.ts";

/** Prints a header and one line every few rounds, without colours or cursor movements: for logs and pipes. */
export class PlainWatcher implements Watcher {
  view: RunView | undefined;
  #chronicle: Chronicle | undefined;
  #warned: string | undefined;
  readonly #screen: Screen;
  readonly #now: () => number;
  readonly #invocation: string;

  /** @param now milliseconds of a clock that never goes back */
  constructor(screen: Screen, now: () => number, invocation: string) {
    this.#screen = screen;
    this.#now = now;
    this.#invocation = invocation;
  }

  begin(facts: RunFacts): void {
    this.view = new RunView(facts, this.#now());
    this.#chronicle = new Chronicle(this.view, { columns: this.#columns, isAlone: true });
    this.say(...this.#chronicle.opening(this.#columns, plain));
    if (facts.overview.state === "paused") this.#sayPaused(facts.overview);
  }

  change(overview: RunOverview): void {
    const before = this.view?.overview.state;
    this.view?.change(overview, this.#now());
    if (overview.state === "paused" && before !== "paused") this.#sayPaused(overview);
    if (overview.state === "running" && before === "paused") this.say("It goes on.");
  }

  progress(progress: Progress): void {
    this.view?.accept(progress, this.#now());
    if (progress.stuck !== undefined && progress.stuck !== this.#warned) {
      this.say(...wrap(`warning: ${printable(progress.stuck)}`, this.#columns));
    }
    this.#warned = progress.stuck;
  }

  finish(rounds: readonly RoundRecord[]): void {
    this.view?.rounds.push(...rounds);
    const style = { columns: this.#columns, colours: plain, invocation: this.#invocation };
    this.say(...(this.#chronicle?.notes(rounds, style) ?? []));
    this.say(...(this.#chronicle?.rows(rounds, this.#now()) ?? []));
  }

  say(...lines: string[]): void {
    for (const line of lines) this.#screen.write(`${line}\n`);
  }

  close(): void {}

  get #columns(): number {
    return this.#screen.columns ?? defaultColumns;
  }

  #sayPaused({ id, problem }: RunOverview): void {
    if (problem) this.say(...wrap(`warning: ${printable(problem.message)} ${printable(problem.next)}`, this.#columns));
    this.say(...wrap(`Paused. \`${this.#invocation} resume ${id}\` goes on.`, this.#columns));
  }
}
