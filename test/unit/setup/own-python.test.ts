import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { SparringError } from "../../../daemon/errors.ts";
import { places, torchPython } from "../../../daemon/setup/environment.ts";
import { answer, FakeMachine, goodFacts, tells } from "./fake-machine.ts";

let machine: FakeMachine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.remove());

describe("an environment of one's own", () => {
  test("is looked at, used from then on, and nothing is installed into it", async () => {
    const python = machine.python("mine");
    const { ready, python: used } = await machine.setUp({ python });
    assert.deepEqual([ready, used, await torchPython(machine.home)], [true, python, python]);
    assert.deepEqual(
      machine.asked().map((call) => call.split(" ")[0]),
      ["question", "probe"],
    );
    rmSync(python);
    await assert.rejects(torchPython(machine.home), (error: SparringError) => {
      assert.equal(error.code, "engine/not-set-up");
      assert.match(error.message, /has gone: .*mine/);
      return true;
    });
  });

  test("gives way to the environment that set-up makes, once that is complete", async () => {
    const python = machine.python("mine");
    await machine.setUp({ python });
    machine.python("python3", { torch: "exit 1" });
    await assert.rejects(machine.setUp());
    assert.equal(await torchPython(machine.home), python);
    machine.python("python3");
    await machine.setUp();
    assert.equal(await torchPython(machine.home), places.venvPython(machine.home));
  });

  test("is not used when it is only looked at", async () => {
    const python = machine.python("mine");
    const { ready, python: used } = await machine.setUp({ python, install: false });
    assert.deepEqual([ready, used], [true, null]);
    await assert.rejects(torchPython(machine.home), { code: "engine/not-set-up" });
  });

  test("may differ from the pins, which is said", async () => {
    const facts = {
      torch: { version: "2.12.1+cu126", cuda: null },
      packages: { numpy: "2.3.0", safetensors: "0.8.0" },
    };
    const { ready, findings } = await machine.setUp({ python: machine.python("mine", { probe: tells(facts) }) });
    assert.equal(ready, true);
    const [, torch, packages] = findings;
    assert.match(`${torch!.state} ${torch!.text}`, /^warning Version 2\.12\.1.* tested with 2\.13\.0\.$/);
    assert.match(
      `${packages!.state} ${packages!.text}`,
      /^warning numpy 2\.3\.0, safetensors 0\.8\.0\..* numpy 2\.4\.6\.$/,
    );
  });

  test("has other pins under Python 3.10", async () => {
    const facts = { packages: { ...goodFacts.packages, numpy: "2.2.6" } };
    const does = { question: answer([3, 10, 12], true), probe: tells(facts) };
    const { findings } = await machine.setUp({ python: machine.python("mine", does) });
    assert.equal(findings.find(({ what }) => what === "Packages")?.state, "good");
  });

  const useless: readonly [title: string, what: string, says: RegExp, prepare: () => string][] = [
    ["that is not there", "Python", /nowhere was not found/, () => join(machine.folder, "nowhere")],
    ["that is a folder", "Python", /may not be executed.*interpreter/, () => machine.bin],
    ["that is no Python", "Python", /is no Python/, () => machine.program("cat", "echo meow")],
    ["that fails", "Python", /ended with exit code 7: ouch\. /, () => machine.program("bad", "echo ouch. >&2; exit 7")],
    [
      "that is too old",
      "Python",
      /is Python 3\.9\.1; 3\.10 is the least/,
      () => machine.python("old", { question: answer([3, 9, 1], true) }),
    ],
    [
      "that dies while it is asked for PyTorch",
      "Python",
      /was ended by SIGSEGV/,
      () => machine.python("mine", { probe: "kill -SEGV $$" }),
    ],
    [
      "without PyTorch",
      "PyTorch",
      /not installed.*mine -m pip install torch==2\.13\.0/,
      () => machine.python("mine", { probe: tells({ torch: null }) }),
    ],
    [
      "whose PyTorch is too old",
      "PyTorch",
      /1\.13\.1 is too old/,
      () => machine.python("mine", { probe: tells({ torch: { version: "1.13.1", cuda: null } }) }),
    ],
    [
      "without safetensors",
      "Packages",
      /safetensors is not installed.*pip install safetensors==0\.8\.0/,
      () => machine.python("mine", { probe: tells({ packages: { numpy: "2.4.6", safetensors: null } }) }),
    ],
  ];
  for (const [title, subject, says, prepare] of useless) {
    test(`${title} is a problem with a next step, and is not used`, async () => {
      const { ready, python, findings } = await machine.setUp({ python: prepare() });
      assert.deepEqual([ready, python], [false, null]);
      const found = findings.find(({ what }) => what === subject)!;
      assert.equal(found.state, "problem");
      assert.match(`${found.text} ${found.next}`, says);
      await assert.rejects(torchPython(machine.home), { code: "engine/not-set-up" });
    });
  }

  test("wants a whole path", async () => {
    await assert.rejects(machine.setUp({ python: "bin/python" }), { code: "setup/bad-python" });
  });

  test("may print what it likes: its texts are shown with hidden characters made visible", async () => {
    const torch = { version: "2.13.0\u202e", cuda: null };
    const probe = `echo import chatter; ${tells({ torch })}`;
    const { findings } = await machine.setUp({ python: machine.python("mine", { probe }) });
    assert.match(findings[1]!.text, /2\.13\.0‹U\+202E›/);
  });

  test("whose record is damaged is said, and left as it is", async () => {
    await machine.setUp({ python: machine.python("mine") });
    writeFileSync(places.named(machine.home), "{");
    await assert.rejects(torchPython(machine.home), { code: "setup/corrupt-record" });
    assert.equal(readFileSync(places.named(machine.home), "utf8"), "{");
  });
});
