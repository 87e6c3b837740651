import { linesOf, type Tally } from "../../data/reasons.ts";
import type { TokenSpan } from "../../models/tokenizer.ts";
import { visible, visibleLine } from "../../text/visible.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import type { DataPreview, PartPreview, RecordPreview } from "./preview.ts";

/** Characters of a part that people are shown; JSON has all. */
const shownCharacters = 2000;

/** A preview for people: what the data are, what was skipped and why, and records as the model gets them. */
export function previewLines(preview: DataPreview, style: Style): string[] {
  const { colours } = style;
  const line = (text: string, indent = ""): string[] => wrap(text, style.columns, indent);
  return [
    ...wrap(headline(preview), style.columns).map((each) => colours.bold(each)),
    ...line(limitLine(preview)),
    ...line(preview.fingerprint).map((each) => colours.dim(each)),
    ...tallyLines(`Skipped: ${sum(preview.skipped)}`, preview.skipped, style),
    ...tallyLines("Read all the same", preview.tolerated, style),
    ...preview.records.flatMap((record) => ["", ...recordLines(record, style)]),
  ];
}

function headline({ source, kind, count, rejectedCount }: DataPreview): string {
  const some = rejectedCount === count ? "all" : rejectedCount === 0 ? "none" : String(rejectedCount);
  const records = count === 1 ? "1 record" : `${count} records`;
  const what = kind === source ? "" : ` of the kind ${kind}`;
  return `${printable(source)}: ${records}${what}, ${some} with a rejected answer`;
}

function limitLine({ maxTokens }: DataPreview): string {
  if (maxTokens === null)
    return "‹…› is a role. With --model they are rendered for that model, and what is too long for it is skipped.";
  return `‹…› is a control token. Prompt and answer together have at most ${maxTokens} tokens.`;
}

function sum(tallies: readonly Tally<string>[]): number {
  return tallies.reduce((total, { count }) => total + count, 0);
}

function tallyLines(title: string, tallies: readonly Tally<string>[], { columns }: Style): string[] {
  if (tallies.length === 0) return [];
  const line = (tally: Tally<string>): string[] =>
    wrap(`${tally.count} × ${printable(tally.sentence)} (${linesOf(tally)})`, columns, "  ");
  return ["", title, ...tallies.flatMap(line)];
}

function recordLines({ line, parts }: RecordPreview, style: Style): string[] {
  const { colours } = style;
  return [colours.dim(`line ${line}`), ...parts.flatMap((part) => partLines(part, style))];
}

const roles = {
  prompt: "not trained",
  chosen: "trained",
  rejected: "trained against, where the algorithm compares",
} as const;

/** A part below its title, each line behind a margin, so that no text can be mistaken for this program's. */
function partLines({ part, tokens, spans }: PartPreview, { columns, colours }: Style): string[] {
  const size = tokens === null ? "" : `${tokens} ${tokens === 1 ? "token" : "tokens"}, `;
  const ink = part === "chosen" ? colours.green : part === "rejected" ? colours.red : colours.dim;
  const { text, hidden } = shown(spans);
  const lines = text.split("\n").flatMap((each) => wrap(each, columns - 4));
  return [
    `  ${ink(part)} ${colours.dim(`(${size}${roles[part]})`)}`,
    ...lines.map((each) => `  ${ink("│")} ${each}`),
    ...(hidden > 0 ? [colours.dim(`  … and ${hidden} more characters; --json has all`)] : []),
  ];
}

/** The beginning of the spans, made visible; `‹` is a mark of this program alone, since `visible` writes out the text's own. */
function shown(spans: readonly TokenSpan[]): { text: string; hidden: number } {
  let left = shownCharacters;
  let hidden = 0;
  let text = "";
  for (const span of spans) {
    const kept = span.text.slice(0, left);
    left -= kept.length;
    hidden += span.text.length - kept.length;
    if (kept !== "") text += span.isControl ? `‹${visible(kept)}›` : lines(kept);
  }
  return { text, hidden };
}

/** Line feeds stay; tabs are written out too. */
function lines(text: string): string {
  return text.split("\n").map(visibleLine).join("\n");
}
