import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { installProgram } from "../../../daemon/client/bundle.ts";
import { systemProcesses } from "../../../daemon/store/processes.ts";
import { writeDiscovery } from "../../../daemon/wire/discovery.ts";
import { ownProgram } from "../../../daemon/wire/own-program.ts";
import { bundledProgram, type Program } from "../../../daemon/wire/program.ts";

const binding = "dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparring-bundle-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program of small files, whose build depends on `code`. */
function programOf(t: TestContext, code: string): Program {
  const root = temporaryFolder(t);
  const files: Record<string, string> = {
    "package.json": "{}",
    "dist/sparring.js": code,
    "dist/onnx-worker.js": "worker",
    "dist/classifier-worker.js": "classifier",
    "dist/torch-worker/main.py": "torch worker",
    "dist/sparring.js.map": "not needed",
    "examples/addition.sparring.yaml": "",
    "daemon/models/nano/weights/config.json": "{}",
    "daemon/models/nano-reward/weights/config.json": "{}",
    "dist/node_modules/onnxruntime-node/package.json": "{}",
    "node_modules/onnxruntime-node/package.json": "not needed",
    [binding]: "binary",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return bundledProgram(root);
}

const copiesIn = (home: string): string[] => readdirSync(join(home, "daemon")).sort();

describe("the daemon's copy of the program", () => {
  test("has what this machine needs, and shares the large files", async (t) => {
    const [home, program] = [temporaryFolder(t), programOf(t, "one")];
    const copy = await installProgram(home, program, "1.0.0");
    assert.deepEqual(copy, { root: join(home, "daemon", `1.0.0-${program.build}`), build: program.build });
    assert.equal(bundledProgram(copy.root).build, program.build);
    assert.equal(statSync(join(copy.root, binding)).ino, statSync(join(program.root, binding)).ino);
    assert.ok(existsSync(join(copy.root, "daemon/models/nano/weights/config.json")));
    assert.ok(existsSync(join(copy.root, "dist/torch-worker/main.py")));
    assert.ok(!existsSync(join(copy.root, "node_modules")));
    assert.ok(!existsSync(join(copy.root, "dist/sparring.js.map")));
    rmSync(program.root, { recursive: true });
    assert.ok(existsSync(join(copy.root, binding)), "it outlives what it was copied from");
  });

  test("is made once, also by several at once, and again where it is damaged", async (t) => {
    const [home, program] = [temporaryFolder(t), programOf(t, "one")];
    const copies = await Promise.all([1, 2].map(() => installProgram(home, program, "1.0.0")));
    assert.deepEqual(copiesIn(home), [`1.0.0-${program.build}`]);
    const file = join(copies[0]!.root, "dist/sparring.js");
    const { ino } = statSync(file);
    await installProgram(home, program, "1.0.0");
    assert.equal(statSync(file).ino, ino);
    writeFileSync(file, "damaged");
    const mended = await installProgram(home, program, "1.0.0");
    assert.equal(bundledProgram(mended.root).build, program.build);
  });

  test("replaces older ones that no daemon runs from", async (t) => {
    const home = temporaryFolder(t);
    const [old, used, newest] = ["old", "used", "new"].map((code) => programOf(t, code)) as [Program, Program, Program];
    await installProgram(home, old, "0.9.0");
    await installProgram(home, used, "0.9.1");
    const running = { port: 1, token: "t".repeat(43), version: "0.9.1", build: used.build, startedAt: "" };
    await writeDiscovery(home, { ...systemProcesses.self(), ...running });
    for (const name of ["fresh.1.tmp", "abandoned.2.tmp"]) mkdirSync(join(home, "daemon", name));
    utimesSync(join(home, "daemon/abandoned.2.tmp"), 0, 0);
    writeFileSync(join(home, "daemon/log.txt"), "");
    await installProgram(home, newest, "1.0.0");
    const kept = [`0.9.1-${used.build}`, `1.0.0-${newest.build}`, "fresh.1.tmp", "log.txt"];
    assert.deepEqual(copiesIn(home), kept);
  });
});

test("a program that runs from its sources says so", () => {
  assert.equal(ownProgram().build, "source");
  assert.ok(existsSync(join(ownProgram().root, "package.json")));
});
