import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { workerFile } from "../../daemon/engine/torch/worker-folder.ts";
import { missing, python } from "../engine/torch/python.ts";
import { FakeMachine } from "../unit/setup/fake-machine.ts";
import { Terminal } from "./cli.ts";

/* `sparring setup torch` through the real daemon: with a Python that only pretends, and with a real one. */

let terminal: Terminal;
let machine: FakeMachine;
let news: string;
beforeEach(() => {
  terminal = new Terminal();
  machine = new FakeMachine();
  news = join(machine.folder, "news");
  execFileSync("/usr/bin/mkfifo", [news]);
});
afterEach(async () => {
  await terminal.close();
  machine.remove();
});

/** A pip that downloads until its starter has gone, and tells both. */
const hangs = (): string => `echo began > ${news}; cat > /dev/null; echo ended > ${news}`;

describe("sparring setup torch", () => {
  test("survives kill -9 of its daemon: pip ends with it, and the next set-up makes everything", async () => {
    machine.python("python3", { torch: hangs() });
    const cutOff = terminal.start(["setup", "torch"]);
    assert.equal(await readFile(news, "utf8"), "began\n");
    // Meanwhile the daemon answers others, and refuses a second set-up.
    assert.equal((await terminal.run(["list"])).code, 0);
    const second = await terminal.run(["setup", "torch"]);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /setup\/under-way/);
    process.kill(terminal.daemon, "SIGKILL");
    assert.equal(await readFile(news, "utf8"), "ended\n");
    assert.notEqual((await cutOff.ended).code, 0);

    const looked = await terminal.run(["setup", "torch", "--check"]);
    assert.equal(looked.code, 1);
    assert.match(looked.stdout, /PROBLEM +Python +The torch engine's set-up was cut off/);
    machine.python("python3");
    const { code, stdout } = await terminal.run(["setup", "torch"]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /ok +PyTorch +Version 2\.13\.0\+cpu/);
    assert.match(stdout, /Runs can use the torch engine/);
    assert.match((await terminal.run(["doctor"])).stdout, /ok +PyTorch +Version 2\.13\.0\+cpu/);
  });

  test("is cancelled by Ctrl+C", async () => {
    // It is killed with its group, so it tells nothing any more.
    machine.python("python3", { torch: hangs() });
    const { child, ended } = terminal.start(["setup", "torch"]);
    assert.equal(await readFile(news, "utf8"), "began\n");
    child.kill("SIGINT");
    assert.equal((await ended).code, 130);
    machine.python("python3");
    assert.equal((await terminal.json(["setup", "torch"])).ready, true);
  });

  test("takes a real environment of one's own", { skip: missing }, async () => {
    const { ready, python: used, findings } = await terminal.json(["setup", "torch", "--python", python]);
    assert.equal(ready, true, JSON.stringify(findings));
    assert.equal(used, python);
    assert.match(findings[1].text, /^Version 2\./);
  });
});

test("guarded.py runs a module, and ends with whoever started it", { skip: missing }, async () => {
  const start = (...args: string[]) => spawn(python, ["-I", "-u", workerFile("guarded.py"), ...args]);
  const pip = start("pip", "--version");
  const [told] = await once(pip.stdout, "data");
  assert.match(String(told), /^pip \d+\.\d+/);
  const server = start("http.server", "0", "--bind", "127.0.0.1");
  await once(server.stdout, "data");
  server.stdin.end();
  const [code] = await once(server, "exit");
  assert.equal(code, 1);
});
