import { type CompletionItem, CompletionItemKind, type Position, type Range } from "vscode-languageserver";
import { canonicalSchema, type JsonSchema, schemaAt } from "../../config/json-schema.ts";
import { keysOf } from "../../config/keys.ts";
import { reader, unused } from "../../config/usage.ts";
import { type ConfigTree, canonicalPath, configTree, entriesIn, settingsOf } from "./config-tree.ts";
import { cursorAt, type KeyCursor, type ValueCursor } from "./cursor.ts";
import { describeKey, typeOf, valuesOf, yamlValue } from "./key-facts.ts";
import { Lines } from "./lines.ts";

/** VS Code's own: asks for the values right after a key. */
const suggestValues = { title: "Suggest values", command: "editor.action.triggerSuggest" };

/** The keys that can stand at a position, or the values of the key there. */
export function configCompletion(text: string, position: Position): CompletionItem[] {
  const cursor = cursorAt(text, position);
  if (!cursor) return [];
  const range = new Lines(text).rangeOf(cursor.word);
  return cursor.kind === "key" ? keyItems(text, cursor, range) : valueItems(cursor, range);
}

/** Keys that are not there yet: required ones first, those without effect last. */
function keyItems(text: string, cursor: KeyCursor, range: Range): CompletionItem[] {
  const { section, word } = cursor;
  // A word without a colon is no YAML yet, and would hide its neighbours.
  const tree = configTree(cursor.hasColon || cursor.indent === null ? text : without(text, word));
  const given = new Set(
    entriesIn(tree, section)
      .filter(({ keySpan }) => keySpan.start !== word.start)
      .map(({ path }) => canonicalPath(path)),
  );
  const required = (section === "" ? canonicalSchema : schemaAt(section))?.required ?? [];
  return keysOf(section).flatMap((key, order): CompletionItem[] => {
    const path = section === "" ? key : `${section}.${key}`;
    if (given.has(path)) return [];
    const schema = schemaAt(path)!;
    const reason = unusedIn(tree, path, schema);
    const rank = required.includes(key) ? 0 : reason === undefined ? 1 : 2;
    return [
      {
        label: key,
        kind: schema.properties ? CompletionItemKind.Module : CompletionItemKind.Property,
        detail: reason === undefined ? `${rank === 0 ? "required · " : ""}${typeOf(schema)}` : `no effect: ${reason}`,
        documentation: { kind: "markdown", value: describeKey(path) },
        sortText: `${rank}${String(order).padStart(3, "0")}`,
        textEdit: { range, newText: key + afterKey(cursor, schema) },
        ...(valuesOf(path, schema).length > 0 && { command: suggestValues }),
      },
    ];
  });
}

/** Why a setting, or all of a section's, would have no effect. */
function unusedIn(tree: ConfigTree, path: string, schema: JsonSchema): string | undefined {
  const read = reader(settingsOf(tree));
  const reasonOf = (at: string, { properties }: JsonSchema): string | undefined => {
    const own = unused(at, read)?.because;
    if (own !== undefined || !properties) return own;
    const reasons = Object.entries(properties).map(([key, child]) => reasonOf(`${at}.${key}`, child));
    return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
  };
  return reasonOf(path, schema);
}

function afterKey({ hasColon, indent }: KeyCursor, schema: JsonSchema): string {
  if (hasColon) return "";
  if (!schema.properties) return ": ";
  return indent === null ? ": { " : `:\n${" ".repeat(indent + 2)}`;
}

function valueItems({ path: written, isItem, word }: ValueCursor, range: Range): CompletionItem[] {
  const path = canonicalPath(written);
  const schema = schemaAt(path);
  if (!schema || schema.properties) return [];
  const documentation = { kind: "markdown", value: describeKey(path) } as const;
  const values = isItem ? (schema.items?.enum ?? []) : valuesOf(path, schema);
  const fallback = isItem || schema.default === undefined ? undefined : yamlValue(schema.default);
  const all = fallback === undefined || values.includes(fallback) ? values : [...values, fallback];
  return all.map((value, order) => ({
    label: value,
    kind: CompletionItemKind.Value,
    ...(value === fallback && { detail: "default" }),
    documentation,
    sortText: String(order).padStart(3, "0"),
    filterText: value,
    textEdit: { range: word.start === word.end ? { start: range.start, end: range.start } : range, newText: value },
  }));
}

function without(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}
