import type { CodeLens, DocumentSymbol } from "vscode-languageserver";
import { SymbolKind } from "vscode-languageserver";
import { lens } from "../lens.ts";
import { type ConfigEntry, configTree, endOf } from "./config-tree.ts";
import { Lines } from "./lines.ts";

/** The first line of a document to fork with, which the editor has made. */
const forkHead = /^# Fork of [A-Za-z0-9][A-Za-z0-9._-]* at round \d+\s*$/;

/** What can be done with a config, above its first line: start it, or fork with it where it was opened for that. */
export function configLenses(text: string, uri: string): CodeLens[] {
  const isFork =
    /[/:]fork-of-[^/]*\.sparring\.yaml$/.test(decodeURIComponent(uri)) && forkHead.test(new Lines(text).lineAt(0));
  if (isFork) return [lens(0, "Fork with these changes", "sparring.confirmFork", { uri })];
  return [lens(0, "Start", "sparring.start", { uri }), lens(0, "Estimate memory", "sparring.estimate", { uri })];
}

/** Sections with their settings, for outline and breadcrumbs. */
export function configSymbols(text: string): DocumentSymbol[] {
  const lines = new Lines(text);
  const symbolOf = (entry: ConfigEntry): DocumentSymbol => {
    const { key, keySpan, valueSpan, children } = entry;
    const end = endOf(entry);
    const shown = valueSpan && children.length === 0 ? text.slice(valueSpan.start, end) : undefined;
    return {
      // The protocol wants names that are not empty.
      name: key === "" ? '""' : key,
      kind: children.length > 0 ? SymbolKind.Namespace : SymbolKind.Property,
      ...(shown !== undefined && { detail: shown.split("\n")[0] }),
      range: lines.rangeOf({ start: keySpan.start, end }),
      selectionRange: lines.rangeOf(keySpan),
      children: children.map(symbolOf),
    };
  };
  return configTree(text).entries.map(symbolOf);
}
