import type { Colours } from "./colours.ts";

/** How text for people is laid out. */
export interface Style {
  /** Columns to fill. */
  readonly columns: number;
  readonly colours: Colours;
  /** How the reader calls this program, e.g. `sparring` or `node dist/sparring.js`. */
  readonly invocation: string;
}
