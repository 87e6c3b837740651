import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const program = new URL("../../dist/sparring.js", import.meta.url).pathname;

test("play learns: 60 rounds lift held-out accuracy by 10 points or more, and the last line says so", () => {
  const home = mkdtempSync(join(tmpdir(), "sparring-play-"));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "play", "--rounds", "60", "--json"], {
      encoding: "utf8",
      env: { ...process.env, SPARRING_HOME: home },
    });
    assert.equal(status, 0, stderr);
    const result = JSON.parse(stdout.trim().split("\n").at(-1)!);
    assert.deepEqual(Object.keys(result), ["before", "after", "seconds", "rounds", "seed"]);
    assert.equal(result.rounds, 60);
    assert.ok(result.after >= result.before + 0.1, JSON.stringify(result));
    // Plain lines where nobody watches: no escapes.
    assert.equal(stderr.includes("\u001b"), false);
    const run = /run +(\S+)/.exec(stderr)![1];
    const lines = readFileSync(join(home, "runs", run, "rounds.jsonl"), "utf8")
      .trim()
      .split("\n");
    assert.equal(lines.length, 61);
  } finally {
    rmSync(home, { recursive: true });
  }
});
