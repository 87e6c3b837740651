import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver";
import type { RoundDocument } from "../../documents/round-document.ts";
import { positionOf, type TextPlace } from "../../documents/text-place.ts";
import { alarmsAtHead, alarmsAtSamples } from "./alarm-diagnostics.ts";
import { type Suspicion, suspicionsAboutAnswer, suspicionsAboutQuery } from "./suspicions.ts";

/** Suspicious samples and those that show an alarm, each on the first line of its text. */
export function roundDiagnostics(document: RoundDocument): Diagnostic[] {
  const { places, verified } = document;
  const alarms = alarmsAtSamples(document).map(({ place, suspicion }) => diagnostic(place, suspicion));
  const elsewhere = alarmsAtHead(document).map(({ line, length, suspicion }) =>
    diagnosticAt({ start: { line, character: 0 }, end: { line, character: length } }, suspicion),
  );
  const suspicious = places.flatMap((query) => [
    ...suspicionsAboutQuery(query.record).map((suspicion) => diagnostic(query.text, suspicion)),
    ...query.answers.flatMap(({ record, text }) =>
      suspicionsAboutAnswer(record, query.record, verified).map((suspicion) => diagnostic(text, suspicion)),
    ),
  ]);
  return [...elsewhere, ...alarms, ...suspicious];
}

function diagnostic(text: TextPlace, suspicion: Suspicion): Diagnostic {
  const lineEnd = text.source.indexOf("\n");
  const end = positionOf(text, lineEnd < 0 ? text.source.length : lineEnd);
  return diagnosticAt({ start: positionOf(text, 0), end }, suspicion);
}

function diagnosticAt(range: Range, { code, isWarning, message, next }: Suspicion): Diagnostic {
  const severity = isWarning ? DiagnosticSeverity.Warning : DiagnosticSeverity.Information;
  return { range, severity, code, source: "sparring", message: `${message}\n${next}` };
}
