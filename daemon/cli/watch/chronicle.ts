import type { Colours } from "../text/colours.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import { headerLines } from "./header.ts";
import { roundsPerRow } from "./rows.ts";
import type { RunView } from "./run-view.ts";
import { roundTable, type Table } from "./table.ts";
import type { WatchedRound } from "./watched-round.ts";

/** Where nothing else tells that a run is alive, no row is waited for longer than this. */
const patienceSeconds = 120;

/** The lines of a run that stay: a header, and a table that gains a row every few rounds. */
export class Chronicle {
  readonly #view: RunView;
  readonly #table: Table;
  readonly #perRow: number;
  readonly #isAlone: boolean;
  #sinceRow: WatchedRound[] = [];

  /** @param options.isAlone no live area is below: rows also say how much time is left, and come at least every two minutes */
  constructor(view: RunView, options: { readonly columns: number; readonly isAlone: boolean }) {
    const { firstRound, rounds } = view.started;
    this.#view = view;
    this.#isAlone = options.isAlone;
    this.#perRow = roundsPerRow(rounds - firstRound + 1, view.config.eval.every);
    this.#table = roundTable(view.config, options.columns, options.isAlone);
  }

  opening(columns: number, colours: Colours): string[] {
    const warnings = this.#view.started.warnings.flatMap((text) => wrap(`warning: ${printable(text)}`, columns));
    return [
      ...headerLines(this.#view, colours.dim),
      ...warnings.map((line) => colours.yellow(line)),
      "",
      ...wrap("Each row is the mean of the rounds since the row above.", columns).map((line) => colours.dim(line)),
      colours.bold(this.#table.header),
    ];
  }

  /** The row that the newest round completes, if it completes one. */
  row(now: number): string | undefined {
    const newest = this.#view.rounds.at(-1)!;
    this.#sinceRow.push(newest);
    const waited = this.#sinceRow.reduce((sum, round) => sum + round.waited, 0);
    const isDue = newest.round % this.#perRow === 0 || (this.#isAlone && waited > patienceSeconds);
    if (!isDue && newest.round !== this.#view.started.rounds) return undefined;
    const line = this.#table.line({ rounds: this.#sinceRow, remaining: this.#view.remainingSeconds(now) });
    this.#sinceRow = [];
    return line;
  }
}
