import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { torchPython } from "../../daemon/setup/environment.ts";
import { setUp } from "../../daemon/setup/setup.ts";

/** The real thing: PyTorch from wherever this machine's pip has it. It takes a minute, or many, and 1 GB or several. */
test("set-up installs PyTorch, and finds it the second time", async () => {
  const home = mkdtempSync(join(tmpdir(), "sparring-setup-"));
  try {
    const told: string[] = [];
    const watched = { signal: new AbortController().signal, onProgress: (what: string) => void told.push(what) };
    const first = await setUp(home, { install: true }, watched);
    assert.equal(first.ready, true, JSON.stringify(first.findings));
    assert.equal(first.python, await torchPython(home));
    assert(told.some((what) => /^unpacking \d+ packages$/.test(what)));
    told.length = 0;
    assert.deepEqual((await setUp(home, { install: true }, watched)).python, first.python);
    assert(!told.some((what) => what.startsWith("making")));
  } finally {
    rmSync(home, { recursive: true });
  }
});
