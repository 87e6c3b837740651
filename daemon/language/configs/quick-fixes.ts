import { type CodeAction, CodeActionKind, type Diagnostic, type Range } from "vscode-languageserver";
import { canonicalSchema, type JsonSchema, schemaAt } from "../../config/json-schema.ts";
import { suggestions } from "../../config/keys.ts";
import { configDiagnostics } from "./config-diagnostics.ts";
import {
  allEntries,
  type ConfigEntry,
  type ConfigTree,
  canonicalPath,
  configTree,
  sectionOf,
  settingsOf,
} from "./config-tree.ts";
import { corrections } from "./corrections.ts";
import { type Edit, insertion, move, removal } from "./edits.ts";
import { valuesOf } from "./key-facts.ts";
import { Lines } from "./lines.ts";

interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/**
 * What can mend the problems in a range of a config, the likeliest first; and, for an alias there, its key.
 * @param file as for `configDiagnostics`
 */
export function configFixes(text: string, file: string, uri: string, range: Range): CodeAction[] {
  const lines = new Lines(text);
  const tree = configTree(text);
  const entries = allEntries(tree.entries);
  const action = ({ title, edits }: Fix): CodeAction => ({
    title,
    edit: { changes: { [uri]: edits.map(({ newText, ...span }) => ({ range: lines.rangeOf(span), newText })) } },
  });
  const problems = configDiagnostics(text, file).filter((diagnostic) => overlap(diagnostic.range, range));
  const mended = problems.flatMap((diagnostic) => {
    const start = lines.offsetAt(diagnostic.range.start);
    const entry =
      entries.find(({ keySpan }) => keySpan.start === start) ??
      entries.find(({ valueSpan }) => valueSpan?.start === start);
    return fixesOf(diagnostic, tree, entry).map((fix, rank) => ({
      ...action(fix),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      isPreferred: rank === 0,
    }));
  });
  const missing = problems.filter(({ code }) => code === "config/missing-key");
  const added = missing.length === 0 ? [] : missingFixes(tree);
  const completed = added.map((fix) => ({ ...action(fix), kind: CodeActionKind.QuickFix, diagnostics: missing }));
  const renamed = entries
    .filter(({ keySpan }) => overlap(lines.rangeOf(keySpan), range))
    .flatMap((entry) => canonicalFix(tree, entry))
    .map((fix) => ({ ...action(fix), kind: CodeActionKind.RefactorRewrite }));
  return [...mended, ...completed, ...renamed];
}

function fixesOf({ code }: Diagnostic, tree: ConfigTree, entry: ConfigEntry | undefined): Fix[] {
  if (!entry) return [];
  const remove: Fix = { title: `Remove ${entry.path}`, edits: [removal(tree, entry)] };
  switch (code) {
    case "config/unknown-key":
      return [...suggestions(entry.path).flatMap((path) => renameFix(tree, entry, path)), remove];
    case "config/unused-key":
    case "config/duplicate-key":
    case "config/refused-key":
      return [remove];
    case "config/wrong-type":
    case "config/out-of-range":
      return valueFixes(entry);
    default:
      return [];
  }
}

/** A key's other name, or its place in another section. */
function renameFix(tree: ConfigTree, entry: ConfigEntry, path: string): Fix[] {
  const isHere = sectionOf(path) === sectionOf(entry.path);
  const newText = path.slice(path.lastIndexOf(".") + 1);
  const edits = isHere ? [{ ...entry.keySpan, newText }] : move(tree, entry, path);
  return edits ? [{ title: isHere ? `Rename to ${newText}` : `Move to ${path}`, edits }] : [];
}

function canonicalFix(tree: ConfigTree, entry: ConfigEntry): Fix[] {
  const path = canonicalPath(entry.path);
  const edits = path === entry.path ? undefined : move(tree, entry, path);
  return edits ? [{ title: `Replace ${entry.path} by ${path}`, edits }] : [];
}

function valueFixes({ path, value, valueSpan }: ConfigEntry): Fix[] {
  if (!valueSpan || Array.isArray(value)) return [];
  return corrections(canonicalPath(path), value).map(({ title, value: newText }) => ({
    title,
    edits: [{ ...valueSpan, newText }],
  }));
}

/** Sets each required key that is not there, to the first word that it takes. */
function missingFixes(tree: ConfigTree): Fix[] {
  const given = new Set(settingsOf(tree).map(({ path }) => path));
  return requiredPaths(canonicalSchema, "").flatMap((path) => {
    const value = given.has(path) ? undefined : valuesOf(path, schemaAt(path)!)[0];
    const edit = value === undefined ? undefined : insertion(tree, path, value);
    return edit ? [{ title: `Add ${path}: ${value}`, edits: [edit] }] : [];
  });
}

function requiredPaths(schema: JsonSchema, section: string): string[] {
  return (schema.required ?? []).flatMap((key) => {
    const path = section === "" ? key : `${section}.${key}`;
    const child = schemaAt(path)!;
    return child.properties ? requiredPaths(child, path) : [path];
  });
}

function overlap(a: Range, b: Range): boolean {
  const isBefore = (x: Range, y: Range): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !isBefore(a, b) && !isBefore(b, a);
}
