import { isCollection, isMap, isScalar, type Pair, type ParsedNode, parseDocument, visit, type YAMLMap } from "yaml";
import { aliases } from "../../config/aliases.ts";
import type { Setting } from "../../config/setting.ts";
import { firstAlias } from "../../config/yaml-source.ts";

/** A stretch of a text: offsets in UTF-16 units, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A key of a config as it stands in the text. */
export interface ConfigEntry {
  readonly key: string;
  /** Dotted path, as written. */
  readonly path: string;
  readonly keySpan: Span;
  /** Undefined where no value is written. */
  readonly valueSpan: Span | undefined;
  /** Undefined for a mapping, and where an alias (`*name`) is in it, which a config can't have. */
  readonly value: unknown;
  /** Its key and value stand between braces, with commas. */
  readonly isInFlow: boolean;
  /** Its value is a mapping, and it is written between braces. */
  readonly isFlowMapping: boolean;
  readonly children: readonly ConfigEntry[];
}

/** The keys of a config, whatever may be wrong with it: what can't be read as YAML is left out. */
export interface ConfigTree {
  readonly text: string;
  readonly entries: readonly ConfigEntry[];
  /** Each key, value and item of a list: where it starts → where it ends. */
  readonly ends: ReadonlyMap<number, number>;
}

/** Reads the text of a config as a tree of keys with their places. */
export function configTree(text: string): ConfigTree {
  const doc = parseDocument<ParsedNode>(text, { prettyErrors: false, stringKeys: true, uniqueKeys: false });
  const ends = new Map<number, number>();
  visit(doc, {
    Node: (_, node) => {
      const { range } = node;
      // A mapping starts where its first key does, and the key is what is meant.
      if (range && (!isCollection(node) || !ends.has(range[0]))) ends.set(range[0], range[1]);
    },
  });
  return { text, entries: isMap(doc.contents) ? entriesOf(doc.contents as YAMLMap, "", doc) : [], ends };
}

/** All entries, each before its children. */
export function allEntries(entries: readonly ConfigEntry[]): ConfigEntry[] {
  return entries.flatMap((entry) => [entry, ...allEntries(entry.children)]);
}

/** The keys that stand directly in a section; the top-level ones for "". */
export function entriesIn({ entries }: ConfigTree, section: string): readonly ConfigEntry[] {
  return section === ""
    ? entries
    : allEntries(entries).flatMap(({ path, children }) => (path === section ? children : []));
}

/** What is set, under its canonical names: enough to tell which settings are used. */
export function settingsOf({ entries }: ConfigTree): Setting[] {
  return allEntries(entries).map(({ path, value }) => {
    return { path: canonicalPath(path), value, keyPlace: undefined, valuePlace: undefined };
  });
}

/** The key that a path, which may be an alias, stands for. */
export function canonicalPath(path: string): string {
  return Object.hasOwn(aliases, path) ? aliases[path] : path;
}

/** The section that a path is in, "" for the top level. */
export function sectionOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** Where a key with its value ends; comments behind it don't belong to it. */
export function endOf({ keySpan, valueSpan, isFlowMapping, children }: ConfigEntry): number {
  const last = isFlowMapping ? undefined : children.at(-1);
  return last ? endOf(last) : (valueSpan?.end ?? keySpan.end);
}

function entriesOf(map: YAMLMap, prefix: string, doc: ReturnType<typeof parseDocument>): ConfigEntry[] {
  return (map.items as Pair<ParsedNode, ParsedNode | null>[]).flatMap((pair) => {
    const { key, value } = pair;
    if (!isScalar(key) || !key.range) return [];
    const path = prefix + String(key.value);
    const isWritten = value !== null && value.range[1] > value.range[0];
    return [
      {
        key: String(key.value),
        path,
        keySpan: { start: key.range[0], end: key.range[1] },
        valueSpan: isWritten ? { start: value.range[0], end: value.range[1] } : undefined,
        value: isWritten && !isMap(value) && !firstAlias(value) ? value.toJS(doc) : undefined,
        isInFlow: map.flow === true,
        isFlowMapping: isMap(value) && value.flow === true,
        children: isMap(value) ? entriesOf(value as YAMLMap, `${path}.`, doc) : [],
      },
    ];
  });
}
