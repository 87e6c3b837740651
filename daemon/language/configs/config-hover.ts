import type { Hover, Position } from "vscode-languageserver";
import { refusals } from "../../config/aliases.ts";
import { schemaAt } from "../../config/json-schema.ts";
import { reader, unused } from "../../config/usage.ts";
import { allEntries, type ConfigTree, canonicalPath, configTree, type Span, settingsOf } from "./config-tree.ts";
import { describeKey } from "./key-facts.ts";
import { Lines } from "./lines.ts";

/** What a setting means, as Markdown, for its key and its value; undefined elsewhere. */
export function configHover(text: string, position: Position): Hover | undefined {
  const lines = new Lines(text);
  const tree = configTree(text);
  const offset = lines.offsetAt(position);
  const isAt = (span: Span | undefined): boolean => span !== undefined && span.start <= offset && offset < span.end;
  const entry = allEntries(tree.entries).find(
    ({ keySpan, valueSpan, children }) => isAt(keySpan) || (children.length === 0 && isAt(valueSpan)),
  );
  if (!entry) return undefined;
  const value = about(tree, entry.path) ?? aboutRefused(entry.key);
  if (value === undefined) return undefined;
  const span = isAt(entry.keySpan) ? entry.keySpan : entry.valueSpan!;
  return { contents: { kind: "markdown", value }, range: lines.rangeOf(span) };
}

function about(tree: ConfigTree, written: string): string | undefined {
  const path = canonicalPath(written);
  if (!schemaAt(path)) return undefined;
  const reason = unused(path, reader(settingsOf(tree)));
  return [
    ...(path === written ? [] : [`\`${written}\` is another name for \`${path}\`.`]),
    describeKey(path),
    ...(reason ? [`Has no effect here: ${reason.because}.`] : []),
  ].join("\n\n");
}

function aboutRefused(key: string): string | undefined {
  if (!Object.hasOwn(refusals, key)) return undefined;
  const { why, next } = refusals[key];
  return `**\`${key}\`** is refused: ${why}. ${next}`;
}
