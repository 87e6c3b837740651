import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setImmediate as soon } from "node:timers/promises";
import { endOfBackground } from "../../../daemon/server/endings.ts";
import { acquireHome } from "../../../daemon/server/home-lock.ts";
import { lockName } from "../../../daemon/store/lock.ts";
import { type Processes, systemProcesses } from "../../../daemon/store/processes.ts";
import { removeDiscovery, writeDiscovery } from "../../../daemon/wire/discovery.ts";

function temporaryHome(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-lock-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process of this machine that runs, as others see it. */
const processOf = (pid: number): Processes => ({
  self: () => ({ ...systemProcesses.self(), pid }),
  state: () => "running",
});

describe("a home", () => {
  test("is held by one of many that try at once, and by the next when it is given back", async (t) => {
    for (let trial = 0; trial < 5; trial++) {
      const home = temporaryHome(t);
      let holders = 0;
      const turns = Array.from({ length: 4 }, async (_, i) => {
        const release = await acquireHome(home, { processes: processOf(i + 1) });
        assert.equal(++holders, 1);
        await soon();
        holders--;
        await release();
      });
      await Promise.all(turns);
      assert.deepEqual(readdirSync(home), []);
    }
  });

  test("that a silent process holds is refused after a while, with what to do", async (t) => {
    const home = temporaryHome(t);
    await acquireHome(home, { processes: processOf(7) });
    const second = acquireHome(home, { processes: processOf(8), patience: 50 });
    await assert.rejects(second, { code: "server/home-in-use", next: /`kill 7`/ });
  });

  test("that another machine holds is refused at once, and not touched", async (t) => {
    const home = temporaryHome(t);
    const lock = lockName({ ...systemProcesses.self(), host: "elsewhere" }, "daemon");
    mkdirSync(join(home, lock));
    await assert.rejects(acquireHome(home), { code: "server/home-in-use-elsewhere" });
    assert.deepEqual(readdirSync(home), [lock]);
  });
});

describe("a background daemon", () => {
  const discoveryOf = (token: string): Parameters<typeof writeDiscovery>[1] => ({
    ...systemProcesses.self(),
    port: 1,
    token: token.repeat(40),
    version: "0.1.0",
    build: "b",
    startedAt: new Date().toISOString(),
  });

  test("ends when nobody has needed it for a while, and not before", async (t) => {
    const home = temporaryHome(t);
    const discovery = discoveryOf("a");
    await writeDiscovery(home, discovery);
    let looks = 0;
    const isBusy = (): boolean => ++looks < 5;
    const { reason, cancel } = endOfBackground({ home, discovery, isBusy, idleMs: 20, lookEveryMs: 10 });
    t.after(cancel);
    assert.equal(await reason, "nobody needed it");
    assert.ok(looks >= 5);
  });

  test("ends when its discovery file is gone or another's, however busy it is", async (t) => {
    const home = temporaryHome(t);
    const discovery = discoveryOf("a");
    for (const takeAway of [() => removeDiscovery(home, discovery), () => writeDiscovery(home, discoveryOf("b"))]) {
      await writeDiscovery(home, discovery);
      const { reason, cancel } = endOfBackground({ home, discovery, isBusy: () => true, lookEveryMs: 10 });
      t.after(cancel);
      await takeAway();
      assert.match(await reason, /home was deleted/);
    }
  });
});
