import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bytes, fixed, percent, roughly, signed } from "../../../daemon/text/numbers.ts";
import { visible, visibleLine } from "../../../daemon/text/visible.ts";
import { statusOf } from "../../../extension/runs/status-text.ts";
import {
  belowRun,
  latestRounds,
  parentOf,
  partFace,
  type Row,
  roots,
  runFace,
} from "../../../extension/runs/tree-model.ts";
import { label, shortened } from "../../../extension/text/label.ts";
import { overview } from "./fakes.ts";

describe("the tree of runs", () => {
  const runs = [
    overview("grandchild", { parent: { run: "child", round: 8 } }),
    overview("child", { parent: { run: "root", round: 4 }, round: null, state: "queued", queuePlace: 2 }),
    overview("orphan", { parent: { run: "deleted", round: 1 } }),
    overview("root"),
  ];
  const ids = (rows: readonly Row[]) => rows.map(({ kind, run }) => `${kind} ${run}`);

  test("has forks below their parents, and a run whose parent is gone at the top", () => {
    assert.deepEqual(ids(roots(runs)), ["run orphan", "run root"]);
    assert.deepEqual(ids(belowRun(runs[3]!, runs)), ["checkpoints root", "rounds root", "run child"]);
    assert.deepEqual(ids(belowRun(runs[1]!, runs)), ["run grandchild"]);
  });

  test("finds the way back up from every row", () => {
    const rows = runs.flatMap((run) => [...belowRun(run, runs).map((row) => [row, run.id] as const)]);
    for (const [row, above] of rows) assert.deepEqual(parentOf(row, runs), { kind: "run", run: above });
    for (const row of roots(runs)) assert.equal(parentOf(row, runs), undefined);
    assert.deepEqual(parentOf({ kind: "round", run: "root", round: 3 }, runs), { kind: "rounds", run: "root" });
  });

  test("lists the newest rounds that a run has played itself", () => {
    const rounds = (row: Row[]) => row.map((each) => (each.kind === "round" ? each.round : -1));
    assert.deepEqual(rounds(latestRounds(overview("a", { round: 2 }))), [2, 1, 0]);
    assert.deepEqual(rounds(latestRounds(overview("a"))), [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    assert.deepEqual(rounds(latestRounds(overview("a", { parent: { run: "b", round: 10 } }))), [12, 11]);
    assert.deepEqual(latestRounds(overview("a", { round: null })), []);
  });

  test("offers what a run takes in its state", () => {
    const menus = (state: "queued" | "running" | "paused" | "finished", asked?: "pause") =>
      runFace(overview("a", { state, ...(asked && { asked }) })).context;
    assert.equal(menus("running"), "run pause stop played");
    assert.equal(menus("running", "pause"), "run stop played");
    assert.equal(menus("paused"), "run resume stop played");
    assert.equal(menus("queued"), "run stop played", "the daemon pauses only what holds the device");
    assert.equal(menus("finished"), "run played");
  });

  test("says state, rounds and accuracy, and never reads a name as anything but text", () => {
    const face = runFace(overview("a", { name: "$(bug) \u202e[x](command:y)", accuracy: { first: 0.1, last: 0.5 } }), {
      hasForks: true,
    });
    assert.equal(face.description, "finished · 12/20 · 50.0 %");
    assert.match(face.tooltip!, /^a: \$ \(bug\) ‹U\+202E›\[x\] \(command:y\)\n/);
    assert.equal(face.folds, "open");
    assert.equal(runFace(runs[1]!).description, "queued, place 2");
    assert.deepEqual(partFace({ kind: "checkpoint", run: "a", round: 5, bytes: 12_300_000 }).description, "12.3 MB");
  });
});

describe("the status item", () => {
  const run = overview("main", { state: "running" });
  const progress = {
    ...{
      run: "main",
      state: "running" as const,
      round: 13,
      rounds: 20,
      finished: 12,
      phase: "solve",
      done: 3,
      total: 8,
    },
    ...{ phaseSeconds: 1, usualPhaseSeconds: 2, elapsedSeconds: 9, remainingSeconds: 4000, device: "cpu" },
  };

  test("shows run, round, phase and time left", () => {
    const status = statusOf({ connection: "connected", run, progress });
    assert.equal(status.text, "$(sync~spin) main · 13/20 · solve · 1 h 7 min");
    assert.equal(status.command, "sparring.openRounds");
    assert.ok(status.facts.includes("solve: 3 of 8"));
  });

  test("says what is asked for, what is paused, and what is stuck", () => {
    const text = (facts: object, more: object = {}) =>
      statusOf({ connection: "connected", run: { ...run, ...facts }, progress: { ...progress, ...more } });
    assert.equal(text({ asked: "pause" }).text, "$(sync~spin) main · 13/20 · pausing · 1 h 7 min");
    assert.equal(text({ state: "paused" }).text, "$(debug-pause) main · 13/20 · paused");
    assert.equal(text({ state: "queued" }).text, "$(clock) main queued");
    const stuck = text({}, { stuck: "It takes long." });
    assert.deepEqual([stuck.isWarning, stuck.text.startsWith("$(warning)")], [true, true]);
  });

  test("says that the daemon is away, and offers it", () => {
    const away = statusOf({ connection: "away", why: "It runs elsewhere.", run });
    assert.deepEqual(
      [away.command, away.facts, away.isWarning],
      ["sparring.restartDaemon", ["It runs elsewhere."], true],
    );
    assert.equal(statusOf({ connection: "connected" }).command, "sparring.start");
  });
});

describe("text for people", () => {
  test("shows what an editor would obey or nobody sees, in one line", () => {
    assert.equal(visibleLine("a\u202eb\u200b\u001b[31m\n"), "a‹U+202E›b‹U+200B›‹U+001B›[31m‹U+000A›");
    assert.equal(visible("a\tb\r\nc\u0000"), "a\tb‹U+000D›\nc‹U+0000›");
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(visibleLine(text)),
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("$", "(", "]", "[", "x") }),
        (text) => !/\$\(|\]\(/.test(label(text)),
      ),
    );
  });

  test("is cut between characters", () => {
    assert.equal(shortened("abcdef", 4), "abc…");
    assert.equal(shortened("abcd", 4), "abcd");
    assert.equal(shortened("😀😀😀", 2), "😀…");
    assert.equal(shortened("x".repeat(1000), 3), "xx…");
  });

  test("has numbers with their units, and a dash for none", () => {
    assert.deepEqual(
      [percent(0.571), percent(null), fixed(2)(-0.0001), signed(1)(0.25)],
      ["57.1 %", "–", "0.00", "+0.3"],
    );
    assert.deepEqual([7, 59.6, 90, 3600, 12_000].map(roughly), ["7 s", "1 min", "2 min", "1 h", "3 h 20 min"]);
    assert.deepEqual([0, 999, 1000, 12_345_678].map(bytes), ["0 B", "999 B", "1.0 kB", "12.3 MB"]);
  });
});
