import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runTool } from "../../../daemon/setup/process.ts";

const sh = (script: string): readonly [string, ...string[]] => ["/bin/sh", "-c", script];

describe("a program that set-up runs", () => {
  test("is ended, with what it started, where it is silent for too long", async () => {
    const { ok, how } = await runTool(sh("sleep 600 & wait"), { quietMs: 50 });
    assert.deepEqual([ok, how], [false, "wrote nothing for 0 s and was ended"]);
  });

  test("may write without end: little of it is kept", async () => {
    const { ok, out, lines } = await runTool(sh("head -c 8000000 /dev/zero | tr '\\0' x"), { quietMs: 60_000 });
    assert.equal(ok, true);
    assert.equal(out.length, 1 << 20);
    assert.deepEqual(
      lines.map((line) => line.length),
      [500],
    );
  });

  test("is read line by line from both of its outputs; a carriage return ends a line, too", async () => {
    const heard: string[] = [];
    const { lines, how } = await runTool(sh("printf 'a\\rb\\n\\nc' ; printf 'd\\n' >&2; exit 4"), {
      quietMs: 60_000,
      onLine: (line) => void heard.push(line),
    });
    assert.deepEqual([...lines].sort(), ["a", "b", "c", "d"]);
    assert.deepEqual(heard, lines);
    assert.equal(how, "ended with exit code 4");
  });
});
