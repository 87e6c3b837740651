import type { Problem } from "./problem.ts";

/** A value that a config gives to a key, before it is known whether the key exists and the value fits. */
export interface Setting {
  /** Dotted path of the key, e.g. `optimizer.lr`. */
  readonly path: string;
  readonly value: unknown;
  /** Where the key and its value are: `file:line:column`, `command line`, or undefined where the config is no text. */
  readonly keyPlace: string | undefined;
  readonly valuePlace: string | undefined;
  /** Where the items are, if the value is a list in a file. */
  readonly itemPlaces?: readonly (string | undefined)[];
}

/** What was read from one source. Problems do not stop the reading, so that all of them are reported at once. */
export interface Source {
  readonly settings: readonly Setting[];
  readonly problems: readonly Problem[];
}

/** The effective value of a key while a config is checked: as given, or the default; undefined where it is invalid. */
export type ReadSetting = (path: string) => unknown;

/** Whether `path` is `ancestor` or lies below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}.`);
}

/** A value as an error message shows it: short, and telling "3" from 3. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
}
