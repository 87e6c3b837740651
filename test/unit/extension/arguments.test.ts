import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { EditorCommand } from "../../../daemon/editor.ts";
import { roundUri } from "../../../daemon/editor.ts";
import { newRunId } from "../../../daemon/text/run-id.ts";
import { argumentsOf } from "../../../extension/commands/arguments.ts";
import { commandFaces } from "../../../extension/commands/table.ts";
import { findNode } from "../../../extension/daemon/find-node.ts";
import { changesText, forkPointOf, forkText } from "../../../extension/documents/fork-text.ts";

const isUri = (value: unknown): boolean => value instanceof URL;

describe("what a command is called with", () => {
  test("is taken from a place, a row of the tree and an editor's URI", () => {
    const place = { run: "a", round: 3, query: 0, answer: 1 };
    assert.deepEqual(argumentsOf("sparring.why", place, isUri), place);
    assert.deepEqual(argumentsOf("sparring.fork", { kind: "checkpoint", run: "a", round: 3, bytes: 9 }, isUri), {
      run: "a",
      round: 3,
    });
    const round = new URL(roundUri("a", 3));
    assert.deepEqual(argumentsOf("sparring.openRounds", round, isUri), { run: "a", round: 3 });
    const file = new URL("file:///x/a.sparring.yaml");
    assert.deepEqual(argumentsOf("sparring.start", file, isUri), { uri: file.href });
    assert.equal(fileURLToPath(file), "/x/a.sparring.yaml");
    const against = { run: "b", weights: { checkpoint: 4 } };
    assert.deepEqual(argumentsOf("sparring.compare", { run: "a", against }, isUri), { run: "a", against });
  });

  test("loses what does not fit, and is asked for then", () => {
    assert.deepEqual(argumentsOf("sparring.why", { run: "../etc", round: -1, query: "2", answer: 1 }, isUri), {
      answer: 1,
    });
    assert.deepEqual(argumentsOf("sparring.tokens", { by: "colour" }, isUri), {});
    assert.deepEqual(argumentsOf("sparring.compare", { run: "a", against: { run: "b", weights: 7 } }, isUri), {
      run: "a",
    });
  });

  test("never throws, whatever it is", () => {
    const commands = Object.keys(commandFaces) as EditorCommand[];
    fc.assert(
      fc.property(fc.constantFrom(...commands), fc.anything(), (command, value) => {
        assert.equal(typeof argumentsOf(command, value, isUri), "object");
      }),
    );
  });
});

describe("a fork's document", () => {
  test("says in its first line what it forks from, and is read again", () => {
    const point = { run: "lsp-20260101-ab", round: 50 };
    const text = forkText(point, "kl:\n  beta: 0.05\n");
    assert.equal(text, "# Fork of lsp-20260101-ab at round 50\nkl:\n  beta: 0.05\n");
    assert.deepEqual(forkPointOf(text), point);
    assert.deepEqual(forkPointOf(text.replaceAll("\n", "\r\n")), point);
    for (const other of ["", "kl: 1", `x\n${text}`, "# Fork of ../a at round 1\n", "# Fork of a at round x\n"]) {
      assert.equal(forkPointOf(other), undefined, other);
    }
  });

  test("has its changes listed with both values", () => {
    const changes = [
      { key: "kl.beta", from: 0.05, to: 0.1 },
      { key: "name", from: null, to: "a\u202eb" },
    ];
    assert.equal(changesText(changes), "kl.beta: 0.05 → 0.1\nname: unset → a‹U+202E›b");
    assert.match(changesText([]), /^No setting is changed/);
    assert.ok(changesText([{ key: "k", from: 1, to: "x".repeat(500) }]).length < 100);
  });
});

test("a run's id is the name, the day and what nobody else draws", () => {
  const day = new Date("2026-03-04T12:00:00Z");
  assert.equal(newRunId("LSP / Äddition 2", day, "ab12"), "lsp-ddition-2-20260304-ab12");
  assert.equal(newRunId("…", day, "ab12"), "run-20260304-ab12");
  fc.assert(fc.property(fc.string(), (name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(newRunId(name, day, "ab12"))));
});

test("the daemon is run by the setting's Node, one of the search path, or the editor itself", async () => {
  const find = (setting: string, version: string | undefined) =>
    findNode({ setting, versionOf: async () => version, execPath: "/code/electron" });
  assert.deepEqual(await find("/my/node", "v22.0.0"), { command: "/my/node" });
  assert.deepEqual(await find("", "v20.12.0\n"), { command: "node" });
  const electron = { command: "/code/electron", env: { ELECTRON_RUN_AS_NODE: "1" } };
  assert.deepEqual(await find("", "v18.19.0\n"), electron);
  assert.deepEqual(await find("", undefined), electron);
});
