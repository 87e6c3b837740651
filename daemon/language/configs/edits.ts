import { type ConfigEntry, type ConfigTree, endOf, entriesIn, type Span, sectionOf } from "./config-tree.ts";

/** A change of a text: what stands in the span becomes `newText`. */
export interface Edit extends Span {
  readonly newText: string;
}

/** Takes a key out with its value; with it the section that would be left empty, which YAML would read as nothing. */
export function removal(tree: ConfigTree, entry: ConfigEntry): Edit {
  const siblings = entriesIn(tree, sectionOf(entry.path));
  const parent = parentOf(tree, entry);
  if (siblings.length === 1 && parent) return removal(tree, parent);
  return { ...(entry.isInFlow ? flowSpan(entry, siblings) : lineSpan(tree, entry)), newText: "" };
}

/**
 * Sets a key that is not there yet, in its section where there is one, and at the end of the text otherwise.
 * @param value as YAML writes it
 * @returns undefined where the section can't take it: it has a value that is no mapping, or the key is there
 */
export function insertion(tree: ConfigTree, path: string, value: string): Edit | undefined {
  const keys = path.split(".");
  for (let depth = keys.length; depth > 0; depth--) {
    const section = keys.slice(0, depth).join(".");
    const entry = tree.entries.length === 0 ? undefined : find(tree, section);
    if (!entry) continue;
    const [first] = entry.children;
    if (depth === keys.length || !first) return undefined;
    return insertBefore(tree, first, nested(keys.slice(depth), value, first.isInFlow, columnOf(tree, first)));
  }
  const needsLine = tree.text !== "" && !tree.text.endsWith("\n");
  const end = tree.text.length;
  return { start: end, end, newText: `${needsLine ? "\n" : ""}${nested(keys, value, false, 0)}\n` };
}

/** Takes a key out and sets its value under another path; undefined where that can't be done in one step. */
export function move(tree: ConfigTree, entry: ConfigEntry, path: string): Edit[] | undefined {
  const { valueSpan } = entry;
  if (!valueSpan) return undefined;
  const value = tree.text.slice(valueSpan.start, valueSpan.end);
  const inserted = value.includes("\n") ? undefined : insertion(tree, path, value);
  const removed = removal(tree, entry);
  if (!inserted || (removed.start < inserted.start && inserted.start < removed.end)) return undefined;
  // Where the last line goes, its line end stays.
  return removed.end === inserted.start
    ? [removed, { ...inserted, newText: inserted.newText.trimStart() }]
    : [removed, inserted];
}

function insertBefore(tree: ConfigTree, first: ConfigEntry, lines: string): Edit {
  const { start } = first.keySpan;
  const newText = first.isInFlow ? `${lines}, ` : `${lines}\n${" ".repeat(columnOf(tree, first))}`;
  return { start, end: start, newText };
}

/** `a: { b: value }` between braces, and else a line a key, the first one without its indentation. */
function nested([key, ...rest]: readonly string[], value: string, isFlow: boolean, indent: number): string {
  if (rest.length === 0) return `${key}: ${value}`;
  const inner = nested(rest, value, isFlow, indent + 2);
  return isFlow ? `${key}: { ${inner} }` : `${key}:\n${" ".repeat(indent + 2)}${inner}`;
}

function find(tree: ConfigTree, path: string): ConfigEntry | undefined {
  return entriesIn(tree, sectionOf(path)).find((entry) => entry.path === path);
}

function parentOf(tree: ConfigTree, entry: ConfigEntry): ConfigEntry | undefined {
  const section = sectionOf(entry.path);
  const isParent = (other: ConfigEntry): boolean => other.children.includes(entry);
  return section === "" ? undefined : entriesIn(tree, sectionOf(section)).find(isParent);
}

function columnOf({ text }: ConfigTree, { keySpan: { start } }: ConfigEntry): number {
  return start - (text.lastIndexOf("\n", start - 1) + 1);
}

/** Between braces: with the comma on one side. */
function flowSpan(entry: ConfigEntry, siblings: readonly ConfigEntry[]): Span {
  const at = siblings.indexOf(entry);
  const next = siblings[at + 1];
  if (next) return { start: entry.keySpan.start, end: next.keySpan.start };
  const previous = siblings[at - 1];
  return { start: previous ? endOf(previous) : entry.keySpan.start, end: endOf(entry) };
}

/** The whole lines of a key and its value. */
function lineSpan({ text }: ConfigTree, entry: ConfigEntry): Span {
  const start = text.lastIndexOf("\n", entry.keySpan.start - 1) + 1;
  const lineEnd = text.indexOf("\n", endOf(entry));
  return { start, end: lineEnd < 0 ? text.length : lineEnd + 1 };
}
