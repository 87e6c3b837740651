import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver";
import type { RoundDocument } from "../../documents/round-document.ts";
import { positionOf, type TextPlace } from "../../documents/text-place.ts";
import { alarmsAtSamples } from "./alarm-diagnostics.ts";
import { type Suspicion, suspicionsAboutAnswer, suspicionsAboutQuery } from "./suspicions.ts";

/** Suspicious samples and those that show an alarm, each on the first line of its text. */
export function roundDiagnostics(document: RoundDocument): Diagnostic[] {
  const { places, verified } = document;
  const alarms = alarmsAtSamples(document).map(({ place, suspicion }) => diagnostic(place, suspicion));
  const suspicious = places.flatMap((query) => [
    ...suspicionsAboutQuery(query.record).map((suspicion) => diagnostic(query.text, suspicion)),
    ...query.answers.flatMap(({ record, text }) =>
      suspicionsAboutAnswer(record, query.record, verified).map((suspicion) => diagnostic(text, suspicion)),
    ),
  ]);
  return [...alarms, ...suspicious];
}

function diagnostic(text: TextPlace, { code, isWarning, message, next }: Suspicion): Diagnostic {
  const lineEnd = text.source.indexOf("\n");
  const end = positionOf(text, lineEnd < 0 ? text.source.length : lineEnd);
  const severity = isWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
  return {
    range: { start: positionOf(text, 0), end },
    severity,
    code,
    source: "sparring",
    message: `${message}\n${next}`,
  };
}
