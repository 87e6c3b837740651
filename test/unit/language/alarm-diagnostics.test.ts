import assert from "node:assert/strict";
import { test } from "node:test";
import { DiagnosticSeverity } from "vscode-languageserver";
import { roundDocument } from "../../../daemon/documents/round-document.ts";
import { roundDiagnostics } from "../../../daemon/language/rounds/diagnostics.ts";
import { answerOf, queryOf, recordOf } from "../documents/records.ts";

test("a round's alarms stand at its head and at each sample that shows them", () => {
  const samples = [{ query: 1, answer: 1 }, { query: 0 }, { query: 9 }];
  const alarms = [{ kind: "kl" as const, severity: "warning" as const, sentence: "Far\u202e away.", samples }];
  const queries = [0, 1].map((index) => queryOf(index, `q${index}`, { answers: [answerOf("a"), answerOf("b")] }));
  const facts = { run: "r1", name: "r", verified: true, queries };
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
