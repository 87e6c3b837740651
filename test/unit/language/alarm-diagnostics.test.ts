import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagnosticSeverity } from "vscode-languageserver";
import { roundDocument } from "../../../daemon/documents/round-document.ts";
import { roundDiagnostics } from "../../../daemon/language/rounds/diagnostics.ts";
import { roundLenses } from "../../../daemon/language/rounds/lenses.ts";
import { answerOf, queryOf, recordOf, scoringConfig } from "../documents/records.ts";

test("a round's alarms stand at its head and at each sample that shows them", () => {
  const samples = [{ query: 1, answer: 1 }, { query: 0 }, { query: 9 }];
  const alarms = [{ kind: "kl" as const, severity: "warning" as const, sentence: "Far\u202e away.", samples }];
  const queries = [0, 1].map((index) => queryOf(index, `q${index}`, { answers: [answerOf("a"), answerOf("b")] }));
  const facts = { run: "r1", name: "r", verified: true, config: scoringConfig, queries };
  const document = roundDocument({ ...facts, record: recordOf(12, { alarms }) });
  const lines = document.text.split("\n");
  assert.ok(lines.includes("- Alarm: kl. Far‹U+202E› away. See query 1, answer 1; query 0; query 9."));

  const found = roundDiagnostics(document).map(({ code, severity, message, range }) => {
    assert.equal(severity, DiagnosticSeverity.Warning);
    assert.match(message as string, /^Alarm of this round: Far‹U\+202E› away\.\n/);
    return [code, lines[range.start.line]];
  });
  assert.deepEqual(found, [
    ["alarm/kl", "    │ b"],
    ["alarm/kl", "    │ q0"],
  ]);
});

test("alarms that no sample of the document shows stand at their lines in its head", () => {
  const alarm = (kind: "kl" | "length" | "contrast", samples: { query: number; answer?: number }[]) => ({
    kind,
    severity: "information" as const,
    sentence: `It is ${kind}.`,
    samples,
  });
  const alarms = [alarm("contrast", []), alarm("length", [{ query: 0 }]), alarm("kl", [{ query: 9 }])];
  const queries = [queryOf(0, "q0", { answers: [answerOf("a"), answerOf("b")] })];
  const facts = { run: "r1", name: "r", verified: true, config: scoringConfig, queries };
  const document = roundDocument({ ...facts, record: recordOf(12, { alarms }) });
  const lines = document.text.split("\n");
  const found = roundDiagnostics(document).map(({ code, range, severity }) => {
    assert.equal(severity, DiagnosticSeverity.Information);
    return [code, lines[range.start.line]!.slice(range.start.character, range.end.character)];
  });
  assert.deepEqual(found, [
    ["alarm/contrast", "- Alarm: contrast. It is contrast."],
    ["alarm/kl", "- Alarm: kl. It is kl. See query 9."],
    ["alarm/length", "q0"],
  ]);
  const lenses = roundLenses(document)
    .filter(({ range }) => lines[range.start.line]!.startsWith("- Alarm: "))
    .map(({ range, command }) => [lines[range.start.line]!.split(".")[0], command!.command, command!.arguments]);
  const place = { run: "r1", round: 12 };
  assert.deepEqual(lenses, [
    ["- Alarm: contrast", "sparring.openRounds", [place]],
    ["- Alarm: length", "sparring.openRoundDocument", [{ ...place, query: 0 }]],
    ["- Alarm: length", "sparring.openRounds", [place]],
    ["- Alarm: kl", "sparring.openRoundDocument", [{ ...place, query: 9 }]],
    ["- Alarm: kl", "sparring.openRounds", [place]],
  ]);
});
