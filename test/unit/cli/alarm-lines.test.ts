import assert from "node:assert/strict";
import { test } from "node:test";
import { alarmLines } from "../../../daemon/cli/reports/alarm-lines.ts";
import { plain } from "../../../daemon/cli/text/colours.ts";
import { recordOf } from "../documents/records.ts";

test("an alarm is said with its round and its samples, within the screen", () => {
  const samples = [{ query: 3, answer: 1 }, { query: 5 }];
  const alarms = [{ kind: "judge" as const, severity: "warning" as const, sentence: "It rose.\u001b[2J", samples }];
  const lines = alarmLines("main", [recordOf(6), recordOf(7, { alarms })], {
    columns: 40,
    colours: plain,
    invocation: "sparring",
  });
  assert.ok(lines.every((line) => line.length <= 40));
  const text = lines.join(" ").replaceAll(/\s+/g, " ");
  assert.match(
    text,
    /^round 7: alarm \(judge\)\. It rose\..* See query 3 answer 1, query 5: `sparring show main --samples 7`$/,
  );
  assert.ok(!text.includes("\u001b"));
});
