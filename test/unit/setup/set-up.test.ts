import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { AbortedError, type SparringError } from "../../../daemon/errors.ts";
import { places, torchPython } from "../../../daemon/setup/environment.ts";
import { lookAtTorch } from "../../../daemon/setup/setup.ts";
import { isRunning } from "../../../daemon/store/processes.ts";
import { answer, FakeMachine, tells } from "./fake-machine.ts";

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.remove());

const steps = (calls: readonly string[]): string[] => calls.map((call) => call.split(" ")[0]!);
const rejects = (work: Promise<unknown>, code: string, says = /./): Promise<void> =>
  assert.rejects(work, (error: SparringError) => {
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.next}`, says);
    return true;
  });

describe("set-up of the torch engine", () => {
  test("makes an environment, PyTorch first, with progress; the second time it finds it", async () => {
    machine.python();
    await rejects(torchPython(machine.home), "engine/not-set-up", /sparring setup torch/);
    assert.equal(await lookAtTorch(machine.home), undefined);
    const progress: string[] = [];
    const result = await machine.setUp({}, undefined, (what, done, total) => progress.push(`${what} ${done}/${total}`));
    assert.equal(result.ready, true);
    assert.equal(result.python, places.venvPython(machine.home));
    assert.equal(await torchPython(machine.home), result.python);
    assert.deepEqual(result.findings.map(({ what, state }) => `${what} ${state}`).slice(0, 4), [
      "Python good",
      "PyTorch good",
      "Packages good",
      "GPU warning",
    ]);
    assert(progress.includes("downloading torch (MB) 1/2"), progress.join());
    assert(progress.includes("unpacking 2 packages 0/0"), progress.join());
    assert.deepEqual(steps(machine.asked()), [
      ...["question", "venv", "pip-version", "torch", "others"],
      ...["question", "probe"],
    ]);
    assert.deepEqual(readdirSync(places.root(machine.home)).sort(), ["venv"]);
    assert.equal((await machine.setUp()).ready, true);
    assert.deepEqual(steps(machine.asked()), ["question", "probe"]);
    assert.equal((await lookAtTorch(machine.home))?.length, result.findings.length);
  });

  test("only looks where it is told to", async () => {
    machine.python();
    const { ready, python, findings } = await machine.setUp({ install: false });
    assert.deepEqual([ready, python], [false, null]);
    assert.match(findings[0]!.text, /not set up/);
    assert.deepEqual(readdirSync(machine.home), []);
  });

  test("gets a newer pip where Python's own tells no progress, and goes on without where there is none", async () => {
    machine.python("python3.12", { "pip-version": 'echo "pip 23.2.1 from /somewhere (python 3.12)"', pip: "exit 1" });
    assert.equal((await machine.setUp()).ready, true);
    const calls = machine.asked();
    assert.deepEqual(steps(calls).slice(2, 6), ["pip-version", "pip", "pip-version", "torch"]);
    assert.match(calls.find((call) => call.startsWith("torch"))!, /--progress-bar off/);
  });

  test("takes the first Python that is new enough and can make environments", async () => {
    machine.program("python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127");
    machine.python("python3.12", { question: answer([3, 12, 0], false) });
    machine.python("python3", { question: answer([3, 9, 2], true) });
    const python = machine.python("python", { question: answer([3, 11, 9], true) });
    assert.equal((await machine.setUp()).ready, true);
    assert(machine.asked().some((call) => call.startsWith(`venv ${python} `)));
  });

  const failures: readonly [title: string, code: string, says: RegExp, prepare: () => void][] = [
    ["no Python", "setup/no-python", /no Python 3\.10 or later.*apt install python3/, () => {}],
    [
      "only an old Python",
      "setup/no-python",
      /Too old: 3\.8\.10 at .*python3/,
      () => machine.python("python3", { question: answer([3, 8, 10], true) }),
    ],
    [
      "Debian's Python without venv",
      "setup/no-venv",
      /apt install python3\.12-venv/,
      () => machine.python("python3", { question: answer([3, 12, 3], false) }),
    ],
    [
      "venv that fails",
      "setup/venv-failed",
      /ended with exit code 3: no\.$|no\. /,
      () => machine.python("python3", { venv: "echo no. >&2; exit 3" }),
    ],
    [
      "no network",
      "setup/no-network",
      /No matching distribution.*HTTPS_PROXY/,
      () =>
        machine.python("python3", {
          torch: `echo "WARNING: Retrying after connection broken by 'NewConnectionError(\\"Failed to establish a new connection\\")'" >&2
            echo "ERROR: No matching distribution found for torch==2.13.0" >&2; exit 1`,
        }),
    ],
    [
      "no build of PyTorch for this Python",
      "setup/no-package",
      /found for torch==2\.13\.0.*--python/,
      () =>
        machine.python("python3", { torch: 'echo "ERROR: No matching distribution found for torch==2.13.0"; exit 1' }),
    ],
    [
      "a full disk",
      "setup/no-room",
      /free for .*too little for PyTorch/,
      () =>
        machine.python("python3", { others: 'echo "ERROR: OSError: [Errno 28] No space left on device" >&2; exit 1' }),
    ],
    [
      "anything else, in pip's last words and without what a terminal would obey",
      "setup/pip-failed",
      /exit code 2: ERROR: hash mismatch ‹U\+001B›\[2J.*kept/,
      () => machine.python("python3", { torch: "printf 'ERROR: hash mismatch \\033[2J\\n'; exit 2" }),
    ],
    [
      "a pip that is killed",
      "setup/pip-failed",
      /was ended by SIGKILL/,
      () => machine.python("python3", { torch: "kill -9 $$" }),
    ],
  ];
  for (const [title, code, says, prepare] of failures) {
    test(`says what to do about ${title}, and is not set up then`, async () => {
      prepare();
      await rejects(machine.setUp(), code, says);
      await rejects(torchPython(machine.home), "engine/not-set-up");
      assert.ok(!existsSync(places.temporary(machine.home)));
    });
  }

  test("makes a cut-off, a broken and an outdated environment anew", async () => {
    machine.python();
    const { home } = machine;
    mkdirSync(join(places.venv(home), "bin"), { recursive: true });
    symlinkSync("/gone/python3.9", places.venvPython(home));
    await rejects(torchPython(home), "engine/not-set-up", /upgrade of the system/);
    await machine.setUp();
    rmSync(places.stamp(home));
    await rejects(torchPython(home), "engine/not-set-up", /cut off/);
    assert.match((await machine.setUp({ install: false })).findings[0]!.text, /cut off/);
    await machine.setUp();
    writeFileSync(places.stamp(home), '{"format": 1, "requirements": "torch==1.0"}');
    await rejects(torchPython(home), "engine/not-set-up", /another version of Sparring/);
    machine.asked();
    assert.equal((await machine.setUp()).ready, true);
    assert(steps(machine.asked()).includes("venv"));
  });

  test("makes an environment anew whose packages have gone, as after an upgrade of the Python below it", async () => {
    machine.python();
    await machine.setUp();
    machine.python("python3.12", {
      probe: `if [ -e ${machine.folder}/again ]; then ${tells({})}
        else touch ${machine.folder}/again; ${tells({ torch: null, packages: {} })}
        fi`,
    });
    machine.asked();
    assert.equal((await machine.setUp()).ready, true);
    assert(steps(machine.asked()).includes("torch"));
  });

  test("is not set up where what was installed can't be loaded", async () => {
    machine.python("python3.12", {
      probe: tells({ torch: null, torchError: "OSError: libgomp.so.1: cannot open shared object file" }),
    });
    const { ready, python, findings } = await machine.setUp();
    assert.deepEqual([ready, python], [false, null]);
    assert.match(findings.find(({ what }) => what === "PyTorch")!.text, /libgomp/);
    await rejects(torchPython(machine.home), "engine/not-set-up", /cut off/);
  });

  test("is done once at a time", async () => {
    machine.python("python3.12", { torch: "cat" });
    const cancellation = new AbortController();
    let second: Promise<unknown> = Promise.resolve();
    const first = machine.setUp({}, cancellation.signal, (what) => {
      if (!what.startsWith("asking for torch")) return;
      second = machine.setUp().finally(() => cancellation.abort());
      second.catch(() => {});
    });
    await assert.rejects(first, AbortedError);
    await rejects(second as Promise<never>, "setup/under-way", new RegExp(String(process.pid)));
  });

  test("ends pip and whatever it started when it is cancelled, and goes on from there afterwards", async () => {
    const torch = `sleep 600 & echo $! > ${machine.folder}/pid; echo "Downloading torch-1.whl"; wait`;
    machine.python("python3.12", { torch });
    const cancellation = new AbortController();
    const cancelled = machine.setUp({}, cancellation.signal, (what) => {
      if (what === "downloading torch") cancellation.abort();
    });
    await assert.rejects(cancelled, AbortedError);
    assert.equal(isRunning(Number(readFileSync(join(machine.folder, "pid"), "utf8"))), false);
    await rejects(torchPython(machine.home), "engine/not-set-up", /cut off/);
    assert.deepEqual(readdirSync(places.root(machine.home)).sort(), ["venv"]);
    machine.python();
    assert.equal((await machine.setUp()).ready, true);
  });
});
