/** One daemon a home: what it leaves in its home, what others left there, and how it ends. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connect } from "../../daemon/client/connect.ts";
import { lockName } from "../../daemon/store/lock.ts";
import { type ProcessIdentity, systemProcesses } from "../../daemon/store/processes.ts";
import { discoveryFile, findDiscovery } from "../../daemon/wire/discovery.ts";
import { program, startDaemon, temporaryHome } from "./daemons.ts";

/** Runs `sparring serve` to its end. */
async function serveToTheEnd(home: string): Promise<{ code: number; stderr: string }> {
  const child = spawn(process.execPath, [program, "serve"], {
    env: { ...process.env, SPARRING_HOME: home },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr!.on("data", (data) => {
    stderr += data;
  });
  const [code] = await once(child, "close");
  return { code, stderr: stderr.replace(/\s+/g, " ") };
}

/** Leaves behind in a home what a daemon of this identity would have. */
function leaveDaemon(home: string, identity: ProcessIdentity): void {
  mkdirSync(join(home, lockName(identity, "daemon")));
  const startedAt = new Date().toISOString();
  const discovery = { ...identity, port: 1, token: "x".repeat(43), version: "0.1.0", build: "x", startedAt };
  writeFileSync(discoveryFile(home), JSON.stringify(discovery), { mode: 0o600 });
}

const locksOf = (home: string): string[] => readdirSync(home).filter((name) => name.startsWith("daemon."));

describe("a daemon", () => {
  test("says where it is to its user alone, and leaves nothing when it is asked to end", async (t) => {
    const daemon = await startDaemon(t);
    const { mode } = statSync(discoveryFile(daemon.home));
    assert.equal(mode & 0o777, 0o600);
    const client = await daemon.connect();
    assert.equal(client.hello.home, daemon.home);
    assert.match(
      client.notice ?? "",
      /another build/,
      "these tests run from the sources, and the daemon from its bundle",
    );
    daemon.child.kill("SIGTERM");
    assert.equal(await client.closed, "The daemon has ended.");
    const [code] = await once(daemon.child, "exit");
    assert.equal(code, 0);
    assert.deepEqual(locksOf(daemon.home), []);
    assert.match(daemon.log(), /Ending: it got SIGTERM/);
    const who = { home: daemon.home, client: { name: "test", version: "1" }, start: false };
    await assert.rejects(connect(who), { code: "client/no-daemon" });
  });

  test("is the only one of its home", async (t) => {
    const first = await startDaemon(t);
    const { code, stderr } = await serveToTheEnd(first.home);
    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`server/already-running.*sparring.js serve --stop|process ${first.child.pid}`));
    assert.equal((await first.connect()).hello.pid, first.child.pid);
  });

  test("takes over what a daemon left that was killed", async (t) => {
    const first = await startDaemon(t);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    assert.equal((await findDiscovery(first.home)).state, "stale");
    const second = await startDaemon(t, first.home);
    assert.equal((await second.connect()).hello.pid, second.child.pid);
    assert.equal(locksOf(first.home).length, 2, "its lock and its discovery file");
  });

  for (const [what, change] of [
    ["the machine ran before it started again", { bootId: "another-boot" }],
    ["had a pid that another process has now", { startTime: "1" }],
  ] as const) {
    test(`takes over what a daemon left that ${what}`, async (t) => {
      const home = temporaryHome(t);
      leaveDaemon(home, { ...systemProcesses.self(), ...change });
      assert.equal((await findDiscovery(home)).state, "stale");
      const daemon = await startDaemon(t, home);
      assert.equal((await daemon.connect()).hello.pid, daemon.child.pid);
      assert.equal(locksOf(home).length, 2);
    });
  }

  test("of another machine is respected by daemons and clients", async (t) => {
    const home = temporaryHome(t);
    leaveDaemon(home, { ...systemProcesses.self(), host: "gpu-box.lab" });
    const { code, stderr } = await serveToTheEnd(home);
    assert.notEqual(code, 0);
    assert.match(stderr, /on the machine "gpu-box.lab".*server\/home-in-use-elsewhere.*delete the folder/);
    for (const start of [false, true]) {
      const connecting = connect({ home, client: { name: "test", version: "1" }, start });
      await assert.rejects(connecting, { code: "client/daemon-elsewhere", message: /gpu-box.lab/ });
    }
    // Not ours to remove.
    assert.equal(locksOf(home).length, 2);
    writeFileSync(discoveryFile(home), "{}");
  });
});
