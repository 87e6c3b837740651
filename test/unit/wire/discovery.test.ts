import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { systemProcesses } from "../../../daemon/store/processes.ts";
import {
  type Discovery,
  discoveryFile,
  findDiscovery,
  isAnnounced,
  removeDiscovery,
  writeDiscovery,
} from "../../../daemon/wire/discovery.ts";

function temporaryHome(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-discovery-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const own: Discovery = {
  ...systemProcesses.self(),
  port: 4711,
  token: "t".repeat(43),
  version: "0.1.0",
  build: "source",
  startedAt: "2026-01-01T00:00:00.000Z",
};

describe("the discovery file", () => {
  test("is written whole, for its user alone, and found", async (t) => {
    const home = temporaryHome(t);
    assert.deepEqual(await findDiscovery(home), { state: "none" });
    await writeDiscovery(home, own);
    assert.deepEqual(readdirSync(home), ["daemon.json"]);
    assert.equal(statSync(discoveryFile(home)).mode & 0o777, 0o600);
    assert.deepEqual(await findDiscovery(home), { state: "running", daemon: own });
    assert.equal(await isAnnounced(home, own), true);
  });

  test("is removed by its daemon only", async (t) => {
    const home = temporaryHome(t);
    const other = { ...own, token: "o".repeat(43) };
    await writeDiscovery(home, other);
    await removeDiscovery(home, own);
    assert.equal((await findDiscovery(home)).state, "running");
    await removeDiscovery(home, other);
    assert.equal((await findDiscovery(home)).state, "none");
    await removeDiscovery(home, other);
  });

  test("of a process that is gone, or of another boot, is stale; of another machine, elsewhere", async (t) => {
    const home = temporaryHome(t);
    for (const [change, state] of [
      [{ startTime: "1" }, "stale"],
      [{ bootId: "another" }, "stale"],
      [{ pid: 2 ** 30 }, "stale"],
      [{ host: "gpu-box" }, "elsewhere"],
    ] as const) {
      await writeDiscovery(home, { ...own, ...change });
      assert.equal((await findDiscovery(home)).state, state);
    }
  });

  test("that is no discovery file is stale", async (t) => {
    const home = temporaryHome(t);
    for (const text of [
      "",
      "{",
      "[]",
      JSON.stringify({ ...own, port: 0 }),
      JSON.stringify({ ...own, token: "short" }),
    ]) {
      rmSync(discoveryFile(home), { force: true });
      writeFileSync(discoveryFile(home), text, { mode: 0o600 });
      assert.deepEqual(await findDiscovery(home), { state: "stale" }, text);
    }
  });

  test("that others may read or write is refused", { skip: process.platform === "win32" }, async (t) => {
    const home = temporaryHome(t);
    await writeDiscovery(home, own);
    for (const mode of [0o640, 0o604, 0o620, 0o602]) {
      chmodSync(discoveryFile(home), mode);
      await assert.rejects(findDiscovery(home), { code: "wire/discovery-not-private", next: /chmod 600/ });
    }
  });
});
