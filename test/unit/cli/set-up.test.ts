import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { candidatesFor } from "../../../daemon/cli/completion/candidates.ts";
import { checkNode } from "../../../daemon/cli/doctor/machine.ts";
import { commands } from "../../../daemon/cli/program.ts";
import { SparringError } from "../../../daemon/errors.ts";
import type { ResultOf } from "../../../daemon/protocol.ts";
import { noDaemon, sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";

let home = "";
before(() => {
  home = mkdtempSync(join(tmpdir(), "sparring-doctor-"));
});
after(() => rmSync(home, { recursive: true }));

const gone = async (): Promise<never> => {
  throw noDaemon();
};

describe("doctor", () => {
  test("works without a daemon, and starts none", async () => {
    const asked: boolean[] = [];
    const connect = async ({ start }: { start: boolean }): Promise<never> => {
      asked.push(start);
      return gone();
    };
    const { code, stdout } = await sparring(["doctor"], { cli: { home, connect } });
    assert.equal(code, 0);
    assert.deepEqual(asked, [false]);
    assert.match(
      stdout,
      /^ 1 {2}ok {7}Node {6}Version \d+\.\d+\.\d+\.\n 2 {2}ok {7}Home {6}.*, private\.\n 3 {2}\w+ +Disk/,
    );
    assert.match(stdout, /^ 4 {2}ok {7}Daemon {4}None is running; the next command starts one\.$/m);
    assert.match(stdout, /^ 5 {2}ok {7}Engine {4}onnx on CPU, 2 threads: sampled, learned, saved in 0\.0 s\.$/m);
    assert.match(stdout, /^ 6 {2}ok {7}Torch {5}Not set up\./m);
    assert.match(stdout, /^ 9 {2}ok {7}Terminal {2}Output goes to a file or a pipe: plain lines\.$/m);
  });
  test("fits 60 columns", async () => {
    const { stdout } = await sparring(["doctor"], { cli: { home }, columns: 60 });
    for (const line of stdout.split("\n")) assert(line.length <= 60 || !line.includes(" ", 23), line);
  });
  test("an engine that fails is a problem with a next step", async () => {
    const fail = (error: unknown) => async (): Promise<never> => {
      throw error;
    };
    const error = new SparringError("engine/died", "it died\u001b[2J", "Run `sparring help`.");
    const { code, stdout } = await sparring(["doctor"], { cli: { home, tryEngine: fail(error) } });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ 5 {2}PROBLEM {2}Engine {4}it died\\u\{1b\}\[2J\n {23}Run `node dist\/sparring.js help`\.$/m,
    );
    assert.match(stdout, /\n1 problem, \d warnings?\.\n$/);
    const other = await sparring(["doctor"], { cli: { home, tryEngine: fail(new Error("no binding")) } });
    assert.match(other.stdout, /PROBLEM {2}Engine {4}no binding\n {23}Run `npm ci`/);
  });
  test("a home that others can read is a warning; one that is a file a problem", async () => {
    const open = join(home, "open");
    mkdirSync(open);
    chmodSync(open, 0o755);
    const warned = await sparring(["doctor"], { cli: { home: open, connect: gone } });
    assert.equal(warned.code, 0);
    assert.match(warned.stdout, /warning +Home +Others on this machine can look into/);
    const file = join(home, "file");
    writeFileSync(file, "");
    const refused = await sparring(["doctor"], { cli: { home: file, connect: gone } });
    assert.equal(refused.code, 1);
    assert.match(refused.stdout, /PROBLEM +Home +.*\s+.*is a file\./);
  });
  test("a home that is not there yet is fine", async () => {
    const { stdout } = await sparring(["doctor"], { cli: { home: join(home, "none"), connect: gone } });
    assert.match(stdout.replace(/\s+/g, " "), /ok Home \S+ does not exist yet; the first run makes it\./);
  });
  test("a run that can't be read is a problem, with its place", async () => {
    const broken = join(home, "broken");
    mkdirSync(join(broken, "runs", "mine"), { recursive: true });
    writeFileSync(join(broken, "runs", "mine", "run.json"), "{");
    chmodSync(broken, 0o700);
    const { code, stdout } = await sparring(["doctor"], { cli: { home: broken, connect: gone } });
    assert.equal(code, 1);
    assert.match(stdout, /PROBLEM +Folders/);
  });
  test("tells of the daemon, and of runs that wait for a person", async () => {
    const daemon = new FakeDaemon();
    daemon.add({ id: "a", state: "failed" });
    const { stdout } = await sparring(["doctor"], { daemon, cli: { home }, columns: 200 });
    assert.match(
      stdout,
      /ok +Daemon +Version 1\.2\.3 \(build source\), process 4711 since 1 h, 90\.0 MB, 1 clients\. Its log: \/home\/daemon\/log\.txt\./,
    );
    assert.match(stdout, /warning +Runs +Failed: a\.\n +Run `node dist\/sparring.js show a`, which says why\./);
  });
  test("--json prints the findings", async () => {
    const { stdout } = await sparring(["doctor", "--json"], { cli: { home, connect: gone } });
    const findings = JSON.parse(stdout);
    assert.deepEqual(
      findings.map(({ subject }: { subject: string }) => subject),
      ["Node", "Home", "Disk", "Daemon", "Engine", "Torch", "Folders", "Runs", "Terminal"],
    );
  });
  test("Node's version is compared as numbers", () => {
    for (const version of ["20.12.0", "20.100.0", "21.0.0"]) assert.equal(checkNode(version).level, "ok");
    for (const version of ["20.9.0", "18.20.0"]) assert.equal(checkNode(version).level, "problem");
  });
});

describe("setup torch", () => {
  const python = "/home/torch/venv/bin/python";
  const answering = (result: Partial<ResultOf<"sparring/engine/setup">>): FakeDaemon =>
    new FakeDaemon({ "sparring/engine/setup": () => ({ ready: true, python, findings: [], ...result }) });

  test("says what was found and what to do, with hostile texts made printable", async () => {
    const findings = [
      { what: "Python", state: "good", text: "Version 3.12.4." },
      { what: "GPU", state: "warning", text: "No GPU \u001b[2J.", next: "Run `sparring setup torch --check`." },
    ] as const;
    const { code, stdout, calls } = await sparring(["setup", "torch"], {
      daemon: answering({ findings: [...findings] }),
      columns: 100,
    });
    assert.equal(code, 0);
    assert.match(stdout, /^ 1 {2}ok {7}Python {4}Version 3\.12\.4\.\n 2 {2}warning {2}GPU {7}No GPU \\u\{1b\}\[2J\.\n/);
    assert.match(stdout, /^ {23}Run `node dist\/sparring\.js setup torch --check`\.$/m);
    assert.match(stdout, /\n\nRuns can use the torch engine: set engine\.name to torch in a config\.\n$/);
    const { task, ...params } = calls[0]![1] as { task: string };
    assert.notEqual(task, "");
    assert.deepEqual(params, { install: true });
  });
  test("--python and --check are passed on, a path as a whole one", async () => {
    const daemon = answering({ ready: false, python: null });
    const { code, stdout, calls } = await sparring(["setup", "torch", "--python", "env/bin/python", "--check"], {
      daemon,
    });
    assert.equal(code, 1);
    assert.match(stdout, /This environment will not do\./);
    const { task, ...params } = calls[0]![1] as { task: string };
    assert.notEqual(task, "");
    assert.deepEqual(params, { python: "/work/env/bin/python", install: false });
  });
  test("--json prints the result", async () => {
    const { stdout } = await sparring(["setup", "torch", "--json"], { daemon: answering({}) });
    assert.deepEqual(JSON.parse(stdout), { ready: true, python, findings: [] });
  });
  test("wants an engine that has one", async () => {
    assert.equal((await sparring(["setup"])).code, 2);
    const { code, stderr } = await sparring(["setup", "onnx"]);
    assert.equal(code, 2);
    assert.match(stderr, /Only torch has one\./);
  });
});

describe("serve", () => {
  test("is the daemon", async () => {
    const asked: unknown[] = [];
    const serve = async (options: unknown): Promise<number> => {
      asked.push(options);
      return 0;
    };
    await sparring(["serve"], { cli: { serve } });
    await sparring(["serve", "--background"], { cli: { serve } });
    assert.deepEqual(asked, [{ background: false }, { background: true }]);
  });
  test("--stop waits until the process is gone", async () => {
    const daemon = new FakeDaemon({
      "sparring/daemon/shutdown": () => {
        setImmediate(() => daemon.disconnect("It ended."));
        return null;
      },
    });
    let looks = 0;
    const processExists = (pid: number): boolean => pid === 4711 && looks++ < 3;
    const { code, stdout, calls } = await sparring(["serve", "--stop", "--force"], { daemon, cli: { processExists } });
    assert.equal(code, 0);
    assert.equal(stdout, "The daemon (process 4711) has ended.\n");
    assert.equal(looks, 4);
    assert.deepEqual(calls, [["sparring/daemon/shutdown", { force: true }]]);
  });
  test("--stop says so where the process stays, or none was there", async () => {
    const daemon = new FakeDaemon({
      "sparring/daemon/shutdown": () => {
        setImmediate(() => daemon.disconnect("It ended."));
        return null;
      },
    });
    const stuck = await sparring(["serve", "--stop"], { daemon, cli: { processExists: () => true } });
    assert.equal(stuck.code, 2);
    assert.match(stuck.stderr, /kill 4711/);
    const none = await sparring(["serve", "--stop"], { cli: { connect: gone } });
    assert.deepEqual([none.code, none.stdout], [0, "No daemon is running.\n"]);
  });
});

describe("completion", () => {
  const runs = async (): Promise<string[]> => ["addition-1", "addition-2", "other"];
  const complete = (...words: string[]) =>
    candidatesFor({ words: words.slice(0, -1), current: words.at(-1)! }, commands, runs);

  test("of commands and options comes from the command table", async () => {
    assert.deepEqual(await complete("re"), ["resume"]);
    assert.deepEqual(await complete("help", "pa"), ["pause"]);
    assert.deepEqual(await complete("run", "--d"), ["--detach", "--dry-run"]);
    assert.deepEqual(await complete("--v"), ["--version"]);
    assert.deepEqual(await complete("nonsense", ""), []);
  });
  test("of runs, files and fixed words", async () => {
    assert.deepEqual(await complete("watch", "add"), ["addition-1", "addition-2"]);
    assert.deepEqual(await complete("watch", ""), ["addition-1", "addition-2", "other", "last"]);
    assert.equal(await complete("run", "ex"), "files");
    assert.deepEqual(await complete("completion", "z"), ["zsh"]);
    assert.deepEqual(await complete("setup", ""), ["torch"]);
    assert.deepEqual(await complete("schema", ""), []);
  });
  test("offers nothing for the value of an option", async () => {
    assert.deepEqual(await complete("show", "x", "--samples", ""), []);
    assert.deepEqual(await complete("show", "--log", "o"), ["other"]);
  });
  test("reads the ids from the home, without a daemon", async () => {
    mkdirSync(join(home, "runs", "mine"), { recursive: true });
    const connect = (): never => {
      throw new Error("it must not connect");
    };
    const { stdout, code } = await sparring(["__complete", "watch", "m"], { cli: { home, connect } });
    assert.deepEqual([code, stdout], [0, "mine\n"]);
    const none = await sparring(["__complete", "watch", ""], { cli: { home: join(home, "none"), connect } });
    assert.equal(none.stdout, "last\n");
  });
});
