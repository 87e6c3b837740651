/** Daemons in the background: started by clients, raced for, replaced, and ended by the loss of their home. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { installProgram } from "../../daemon/client/bundle.ts";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { connect } from "../../daemon/client/connect.ts";
import { version } from "../../daemon/version.ts";
import { bundledProgram, type Program } from "../../daemon/wire/program.ts";
import { isAlive, nanoConfig, program, temporaryHome, until } from "./daemons.ts";

/** A program of its own, as an extension brings it along. */
async function temporaryProgram(t: TestContext): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "sparring-program-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return installProgram(folder, bundledProgram(resolve(".")), version);
}

/** Connects, and starts a daemon where none runs, until the test is over. */
async function connectStarting(t: TestContext, home: string, from: Program): Promise<DaemonClient> {
  const client = await connect({ home, client: { name: "test", version: "1" }, start: true, program: from });
  t.after(() => client.close());
  return client;
}

const logOf = (home: string): string => readFileSync(join(home, "daemon/log.txt"), "utf8");

describe("a daemon in the background", () => {
  test("is started once by whoever connects, and trains on when the program that started it is deleted", async (t) => {
    const home = temporaryHome(t);
    const from = await temporaryProgram(t);
    const clients = await Promise.all([1, 2, 3].map(() => connectStarting(t, home, from)));
    const [client] = clients as [DaemonClient];
    assert.equal(new Set(clients.map(({ hello }) => hello.pid)).size, 1);
    assert.deepEqual([client.notice, client.hello.build], [undefined, from.build]);
    rmSync(from.root, { recursive: true });
    await client.request("sparring/run/start", { run: "r", config: nanoConfig(3) });
    await until(async () => {
      const { overview } = await client.request("sparring/run/get", { run: "r" });
      assert.notEqual(overview.state, "failed", JSON.stringify(overview.problem));
      return overview.state === "finished";
    });
    const { log } = await client.request("sparring/daemon/status", {});
    assert.equal(log, join(home, "daemon/log.txt"));
    assert.deepEqual(readdirSync(join(home, "daemon")).sort(), [`${version}-${from.build}`, "log.txt"].sort());
  });

  test("of another build is replaced when it is idle, and kept while it trains", async (t) => {
    const home = temporaryHome(t);
    const old = await temporaryProgram(t);
    const first = await connectStarting(t, home, old);
    await first.request("sparring/run/start", { run: "r", config: nanoConfig(100_000) });
    appendFileSync(join(old.root, "dist/sparring.js"), "\n// a newer build\n");
    const newer = bundledProgram(old.root);
    const visitor = await connectStarting(t, home, newer);
    assert.equal(visitor.hello.pid, first.hello.pid);
    assert.match(visitor.notice ?? "", /another build/);
    visitor.close();
    await first.request("sparring/run/stop", { run: "r" });
    await until(async () => (await first.request("sparring/run/get", { run: "r" })).overview.state === "stopped");
    first.close();
    await Promise.all([first.closed, visitor.closed]);
    // The daemon may learn of the end a moment later than its client.
    const replaced = await until(async () => {
      const client = await connectStarting(t, home, newer);
      if (client.hello.build === newer.build) return client;
      client.close();
      return undefined;
    });
    assert.equal(replaced.notice, undefined);
    assert.ok(!isAlive(first.hello.pid) || replaced.hello.pid !== first.hello.pid);
    assert.deepEqual(readdirSync(join(home, "daemon")).sort(), [`${version}-${newer.build}`, "log.txt"].sort());
  });

  test("ends when its home is deleted", async (t) => {
    const home = temporaryHome(t);
    const client = await connectStarting(t, home, bundledProgram(resolve(".")));
    const { pid } = client.hello;
    client.close();
    rmSync(home, { recursive: true, force: true });
    await until(() => !isAlive(pid));
  });

  test("that can't start is an error with the end of its log", async (t) => {
    const home = temporaryHome(t);
    const broken = await temporaryProgram(t);
    writeFileSync(join(broken.root, "dist/sparring.js"), 'throw new Error("no such luck");\n');
    const connecting = connectStarting(t, home, bundledProgram(broken.root));
    await assert.rejects(connecting, {
      code: "client/daemon-not-started",
      message: /ended with code 1.*no such luck/s,
    });
  });
});

describe("several daemons that are started at once", () => {
  test("leave one, which their clients find", async (t) => {
    for (let trial = 0; trial < 6; trial++) {
      const home = temporaryHome(t);
      const start = (): ReturnType<typeof spawn> =>
        spawn(process.execPath, [program, "serve", "--background"], {
          env: { ...process.env, SPARRING_HOME: home },
          stdio: "ignore",
        });
      const started = [start(), start(), start()];
      const ended = started.map((child) => once(child, "exit"));
      const client = await connectStarting(t, home, bundledProgram(resolve(".")));
      const winner = started.find(({ pid }) => pid === client.hello.pid);
      // It may also be the one that the client started: whoever won, the others end.
      await Promise.all(started.flatMap((child, i) => (child === winner ? [] : [ended[i]])));
      assert.ok(isAlive(client.hello.pid));
      assert.equal(readdirSync(home).filter((name) => /^daemon\.\d/.test(name)).length, 1);
      assert.equal(logOf(home).match(/ serves /g)?.length, 1);
      await client.request("sparring/daemon/shutdown", {});
      await client.closed;
    }
  });
});
