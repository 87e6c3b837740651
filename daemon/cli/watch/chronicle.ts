import type { RoundRecord } from "../../store/records.ts";
import { alarmLines } from "../reports/alarm-lines.ts";
import type { Colours } from "../text/colours.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { headerLines } from "./header.ts";
import { roundsPerRow } from "./rows.ts";
import type { RunView } from "./run-view.ts";
import { roundTable, type Table } from "./table.ts";

/** Where nothing else tells that a run is alive, no row is waited for longer than this. */
const patienceSeconds = 120;

/** The lines of a run that stay: a header, and a table that gains a row every few rounds. */
export class Chronicle {
  readonly #view: RunView;
  readonly #table: Table;
  readonly #perRow: number;
  readonly #isAlone: boolean;
  #sinceRow: RoundRecord[] = [];
  /** Notes that were shown, without their numbers. */
  readonly #noted = new Set<string>();

  /** @param options.isAlone no live area is below: rows also say how much time is left, and come at least every two minutes */
  constructor(view: RunView, options: { readonly columns: number; readonly isAlone: boolean }) {
    this.#view = view;
    this.#isAlone = options.isAlone;
    this.#perRow = roundsPerRow(view.overview.rounds - view.firstRound + 1, view.config.eval.every);
    this.#table = roundTable(view.config, options.columns, options.isAlone);
  }

  opening(columns: number, colours: Colours): string[] {
    const notes = this.#view.facts.notes.flatMap((text) => wrap(`warning: ${printable(text)}`, columns));
    return [
      ...headerLines(this.#view, colours.dim),
      ...notes.map((line) => colours.yellow(line)),
      "",
      ...wrap("Each row is the mean of the rounds since the row above.", columns).map((line) => colours.dim(line)),
      colours.bold(this.#table.header),
    ];
  }

  /** The alarms that begin with newly finished rounds, and what these note, each kind of note once: the first of many that differ in numbers only. */
  notes(finished: readonly RoundRecord[], style: Style): string[] {
    const { columns, colours } = style;
    const isNew = (note: string): boolean => {
      const before = this.#noted.size;
      return this.#noted.add(note.replaceAll(/\d+/g, "#")).size > before;
    };
    const notes = finished
      .flatMap(({ round, notes }) => notes.filter(isNew).map((note) => `round ${round}: ${printable(note)}`))
      .flatMap((text) => wrap(text, columns))
      .map((line) => colours.yellow(line));
    return [...notes, ...alarmLines(this.#view.overview.id, finished, style)];
  }

  /** The rows that newly finished rounds complete. What is left is known after the newest of them only. */
  rows(finished: readonly RoundRecord[], now: number): string[] {
    const { rounds: last } = this.#view.overview;
    return finished.flatMap((record) => {
      this.#sinceRow.push(record);
      const seconds = this.#sinceRow.reduce((sum, round) => sum + round.seconds, 0);
      const isDue = record.round % this.#perRow === 0 || (this.#isAlone && seconds > patienceSeconds);
      if (!isDue && record.round !== last) return [];
      const remaining = record.round === last ? 0 : this.#view.remainingSeconds(now);
      const row = { rounds: this.#sinceRow, remaining: record === finished.at(-1) ? remaining : undefined };
      this.#sinceRow = [];
      return [this.#table.line(row)];
    });
  }
}
