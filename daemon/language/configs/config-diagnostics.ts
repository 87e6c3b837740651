import { type Diagnostic, DiagnosticSeverity, DiagnosticTag, type Range } from "vscode-languageserver";
import { parseConfig } from "../../config/load.ts";
import { ConfigError, type Problem } from "../../config/problem.ts";
import { configTree } from "./config-tree.ts";
import { Lines } from "./lines.ts";

/**
 * Everything that is wrong with a config's text, each on the key or the value that it is about; warnings only where nothing is
 * wrong. They are the problems that starting the run would name.
 * @param file names it in messages, and is the base of relative paths in it
 */
export function configDiagnostics(text: string, file: string): Diagnostic[] {
  const place = placer(text);
  try {
    const { warnings } = parseConfig(text, { file });
    return warnings.map((warning) => diagnostic(warning, DiagnosticSeverity.Warning, place));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => diagnostic(problem, DiagnosticSeverity.Error, place));
  }
}

function diagnostic(
  { code, message, next, place }: Problem,
  severity: DiagnosticSeverity,
  rangeOf: (place: string | undefined) => Range,
): Diagnostic {
  const tags = code === "config/unused-key" ? { tags: [DiagnosticTag.Unnecessary] } : {};
  return { range: rangeOf(place), severity, code, source: "sparring", message: `${message}.\n${next}`, ...tags };
}

/** Turns `file:line:column` into the range of what stands there; a place without a column is the first line. */
function placer(text: string): (place: string | undefined) => Range {
  const lines = new Lines(text);
  let ends: ReadonlyMap<number, number> | undefined;
  return (place) => {
    const [, line, column] = /:(\d+):(\d+)$/.exec(place ?? "") ?? [];
    if (line === undefined) return lines.rangeOf({ start: 0, end: lines.lineAt(0).length });
    const start = lines.offsetAt({ line: Number(line) - 1, character: Number(column) - 1 });
    // Not before it is needed: a file that is no config may be large.
    ends ??= configTree(text).ends;
    const lineEnd = lines.startOf(Number(line) - 1) + lines.lineAt(Number(line) - 1).length;
    return lines.rangeOf({ start, end: Math.min(ends.get(start) ?? lineEnd, lineEnd) });
  };
}
