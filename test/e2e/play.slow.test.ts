import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { Terminal } from "./cli.ts";

const terminal = new Terminal();
after(() => terminal.close());

test("play learns: 60 rounds lift held-out accuracy by 10 points or more, and the last line says so", async () => {
  const { code, stdout, stderr } = await terminal.run(["play", "--rounds", "60", "--json"]);
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout.trim().split("\n").at(-1)!);
  assert.deepEqual(Object.keys(result), ["before", "after", "seconds", "rounds", "seed"]);
  assert.equal(result.rounds, 60);
  assert.ok(result.after >= result.before + 0.1, JSON.stringify(result));
  // Plain lines where nobody watches: no escapes.
  assert.equal(stderr.includes("\u001b"), false);
  const run = /run +(\S+)/.exec(stderr)![1]!;
  const lines = readFileSync(join(terminal.home, "runs", run, "rounds.jsonl"), "utf8")
    .trim()
    .split("\n");
  assert.equal(lines.length, 61);
});
