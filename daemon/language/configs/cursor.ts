import type { Position } from "vscode-languageserver";
import type { Span } from "./config-tree.ts";
import { Lines } from "./lines.ts";

/**
 * What is being typed at a position of a config. It is read from the lines, not from the YAML: a text that is being typed is
 * seldom whole.
 */
export type Cursor = KeyCursor | ValueCursor;

export interface KeyCursor {
  readonly kind: "key";
  /** Dotted path of the section, "" for the top level. */
  readonly section: string;
  /** The word at the cursor, to be replaced. */
  readonly word: Span;
  /** Columns before the key; null between braces. */
  readonly indent: number | null;
  /** A colon follows the word already. */
  readonly hasColon: boolean;
}

export interface ValueCursor {
  readonly kind: "value";
  /** Dotted path of the setting. */
  readonly path: string;
  readonly word: Span;
  /** It is an item of a list. */
  readonly isItem: boolean;
}

/** A key at the end of a text, with what may stand before it. */
const opener = /^( *)([\w-]+)[ ]*:[ ]*(?:#.*)?$/;

/** @returns undefined where nothing of a config can stand: in a comment, below a value */
export function cursorAt(text: string, position: Position): Cursor | undefined {
  const lines = new Lines(text);
  const line = lines.lineAt(position.line);
  const before = line.slice(0, position.character);
  const after = line.slice(position.character);
  if (/(^|\s)#/.test(before)) return undefined;
  const offset = lines.offsetAt(position);
  const typed = /[^\s{}[\],]*$/.exec(before)![0].length;
  const rest = /^[^\s{}[\],:]*/.exec(after)![0].length;
  const word = { start: offset - typed, end: offset + rest };
  const hasColon = /^\s*:/.test(after.slice(rest));

  const head = before.slice(0, before.length - typed);
  const indent = /^ */.exec(before)![0].length;
  const above = sectionAbove(lines, position.line, indent);

  const list = /^( *)-[ ]+$/.exec(head);
  if (list) {
    // YAML lets a list stand as deep as its key.
    const path = sectionAbove(lines, position.line, indent + 1, /^ *-/);
    return path === undefined ? undefined : { kind: "value", path, word, isItem: true };
  }
  const cursor = above === undefined ? undefined : inLine(head, above, { word, hasColon, indent });
  // Right behind a key's colon a space has to come first.
  return cursor?.kind === "key" && before.endsWith(":") ? undefined : cursor;
}

interface Rest {
  readonly word: Span;
  readonly hasColon: boolean;
  readonly indent: number;
}

/** Walks a line from its start to the word: keys, braces and brackets open what the word is in. */
function inLine(head: string, above: string, { word, hasColon, indent }: Rest): Cursor | undefined {
  /** Sections that are open, and the key whose value comes next. */
  const sections = [above];
  let key: string | undefined;
  let isInList = false;
  let hasValue = false;
  for (const [token] of head.matchAll(/"[^"]*"|'[^']*'|[\w-]+[ ]*:(?=\s|$|\{|\[)|[{}[\],]|[^\s{}[\],]+/g)) {
    const section = sections.at(-1)!;
    if (token === "{") {
      if (key === undefined) return undefined;
      sections.push(joined(section, key));
      key = undefined;
    } else if (token === "}") {
      sections.pop();
      if (sections.length === 0) return undefined;
    } else if (token === "[") isInList = true;
    else if (token === "]") isInList = false;
    else if (token === ",") {
      if (!isInList) key = undefined;
      hasValue = false;
    } else if (token.endsWith(":")) key = token.slice(0, -1).trim();
    else hasValue = true;
  }
  if (hasValue) return undefined;
  const section = sections.at(-1)!;
  if (key !== undefined) return { kind: "value", path: joined(section, key), word, isItem: isInList };
  // After a value only a comma or the line's end can come.
  if (!/(^\s*|[{,]\s*)$/.test(head)) return undefined;
  return { kind: "key", section, word, hasColon, indent: sections.length > 1 ? null : indent };
}

/**
 * The section that a line with this indentation is in; undefined below something that is no section.
 * @param skip lines that belong to the same value, such as a list's items
 */
function sectionAbove(lines: Lines, from: number, indent: number, skip?: RegExp): string | undefined {
  const keys: string[] = [];
  let depth = indent;
  for (let line = from - 1; line >= 0 && depth > 0; line--) {
    const text = lines.lineAt(line);
    if (/^\s*(#|$)/.test(text) || skip?.test(text)) continue;
    const columns = /^ */.exec(text)![0].length;
    if (columns >= depth) continue;
    const key = opener.exec(text);
    if (!key) return undefined;
    keys.unshift(key[2]);
    depth = columns;
  }
  return keys.join(".");
}

function joined(section: string, key: string): string {
  return section === "" ? key : `${section}.${key}`;
}
