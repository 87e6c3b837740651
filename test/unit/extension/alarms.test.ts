/** Alarms in the editor: what is told of them and where they are marked; whom of several windows it is told in; who waits for whom. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Alarm, NotificationParamsOf, ParamsOf, Progress } from "../../../daemon/protocol.ts";
import { Daemon } from "../../../extension/daemon/daemon.ts";
import { validLink } from "../../../extension/daemon/valid-link.ts";
import { AlarmBook } from "../../../extension/runs/alarm-book.ts";
import { alarmNotice, pausedNotice, pauseNotice } from "../../../extension/runs/alarm-notices.ts";
import { Claims, isFromFolders, patienceOf } from "../../../extension/runs/claims.ts";
import { heldUpNotice } from "../../../extension/runs/held-up.ts";
import { noticeOfChange } from "../../../extension/runs/notices.ts";
import { statusOf } from "../../../extension/runs/status-text.ts";
import { partFace, runFace } from "../../../extension/runs/tree-model.ts";
import { FakeLink, overview } from "./fakes.ts";

type News = NotificationParamsOf<"sparring/alarm">;

const kl = { kind: "kl", severity: "warning", sentence: "Far away.", samples: [{ query: 3, answer: 1 }] } as const;
const length = { kind: "length", severity: "information", sentence: "Longer.", samples: [{ query: 5 }] } as const;
const alarms = [length, kl].map((alarm) => ({ ...alarm, samples: [...alarm.samples] }));
const news: News = { run: "a", round: 14, alarms, pauses: false };
const running = overview("a", { state: "running", round: 14 });
const problem = { code: "run/alarm", message: "The run paused itself after round 14: Far away.", next: "Look." };
const paused = overview("a", { state: "paused", round: 14, problem });
const nextRound: Progress = {
  ...{ run: "a", state: "paused", round: 15, rounds: 20, finished: 14, phase: "solve", done: 0, total: 1 },
  ...{ phaseSeconds: 0, usualPhaseSeconds: null, elapsedSeconds: 9, remainingSeconds: null, device: "CPU" },
};

describe("a notice of alarms", () => {
  test("tells all of a round at once, and leads to the clearest sample", () => {
    const notice = alarmNotice(news, running, true);
    assert.deepEqual([notice?.level, notice?.text], ["warning", "a, round 14: Longer. Far away."]);
    assert.deepEqual(notice?.actions, [
      { title: "Show Samples", command: "sparring.openRoundDocument", place: { round: 14, query: 3, answer: 1 } },
      { title: "Open Rounds", command: "sparring.openRounds", place: { round: 14 } },
      { title: "Pause", command: "sparring.pause" },
    ]);
    assert.ok(!alarmNotice(news, overview("a"), true)?.actions.some(({ title }) => title === "Pause"));
  });

  test("leaves out a drift of a run that nobody watches, and what is told as a pause", () => {
    assert.equal(alarmNotice(news, running, false)?.text, "a, round 14: Far away.");
    const drift = { ...news, alarms: alarms.slice(0, 1) };
    assert.equal(alarmNotice(drift, running, false), undefined);
    assert.deepEqual(alarmNotice(drift, running, true)?.actions[0]?.place, { round: 14, query: 5 });
    assert.equal(alarmNotice({ ...news, pauses: true }, running, true), undefined);
  });

  test("of a run that paused itself offers samples, a fork from before, and to go on", () => {
    const notice = pausedNotice(paused, alarms, [{ round: 5 }, { round: 10 }, { round: 14 }], ["b"]);
    assert.equal(
      notice.text,
      "a: The run paused itself after round 14: Far away. Meanwhile b can't train: a paused run keeps the device.",
    );
    assert.deepEqual(notice.actions, [
      { title: "Show Samples", command: "sparring.openRoundDocument", place: { round: 14, query: 3, answer: 1 } },
      { title: "Fork from Round 10…", command: "sparring.fork", place: { round: 10 } },
      { title: "Resume", command: "sparring.resume" },
    ]);
    const without = pausedNotice(paused, [], [{ round: 14 }], []);
    assert.deepEqual(
      without.actions.map(({ place }) => place),
      [{ round: 14 }, undefined],
    );
    const before = overview("a", { state: "running" });
    assert.equal(noticeOfChange({ before, after: paused }), undefined, "it is told with what is asked for");
  });

  test("asks for the round's alarms and the checkpoints", async () => {
    const link = new FakeLink((method) =>
      method === "sparring/checkpoint/list"
        ? { checkpoints: [{ round: 10, bytes: 1, dir: "/c" }] }
        : { rounds: [recordOf(14)], more: false },
    );
    const daemon = await connected(link);
    const notice = await pauseNotice(daemon, paused, []);
    assert.deepEqual(notice, pausedNotice(paused, alarms, [{ round: 10 }], []));
    assert.deepEqual(
      link.asked.map(({ params }) => params),
      [{ run: "a", after: 13, limit: 1 }, { run: "a" }],
    );
    await daemon.dispose();
  });

  test("of a run that was interrupted says that it had paused itself", () => {
    const notice = noticeOfChange({ before: paused, after: { ...paused, state: "interrupted" } });
    assert.match(notice!.text, /^a was interrupted, .* up to 14 are safe\. The run paused itself after round 14/);
  });
});

describe("the alarms of runs", () => {
  test("are asked for once a connection, and added to by what is told", async () => {
    const link = new FakeLink(() => ({ rounds: [recordOf(11, []), recordOf(12)], more: false }));
    const daemon = await connected(link);
    const book = new AlarmBook(daemon, (error) => assert.fail(String(error)));
    const run = { id: "a", round: 13 };
    const known = new Promise<void>((resolve) => book.onChange(resolve));
    assert.deepEqual(book.of(run), []);
    assert.deepEqual(book.of({ id: "new", round: null }), []);
    await known;
    const rung = (round: number) => book.of({ id: "a", round }).map((alarm) => [alarm.round, alarm.kind]);
    assert.deepEqual(rung(13), [
      [12, "length"],
      [12, "kl"],
    ]);
    assert.deepEqual(
      link.asked.map(({ params }) => params),
      [{ run: "a", after: -1, limit: 20 } satisfies ParamsOf<"sparring/round/list">],
    );
    link.tell("sparring/alarm", { ...news, round: 12 });
    link.tell("sparring/alarm", { ...news, round: 31, alarms: alarms.slice(1) });
    assert.deepEqual(rung(31), [
      [12, "length"],
      [12, "kl"],
      [31, "kl"],
    ]);
    assert.deepEqual(rung(32), [[31, "kl"]]);
    await daemon.dispose();
  });

  test("mark their run and their rounds in the tree, and the status item", () => {
    const marked: Alarm[] = alarms.map((alarm) => ({ ...alarm, round: 14 }));
    const face = runFace(running, { alarms: marked });
    assert.equal(face.description, "running · 14/20 · 2 alarms");
    assert.match(face.tooltip!, /^alarm, round 14: Far away\.$/m);
    const round = (n: number) => partFace({ kind: "round", run: "a", round: n }, marked);
    assert.deepEqual([round(14).icon, round(14).description, round(13).icon], ["warning", "length, kl", "book"]);
    const status = statusOf({ connection: "connected", run: running, alarms: marked });
    assert.equal(status.text, "$(sync~spin) a · 14/20 · $(bell-dot) 2 alarms");
    assert.ok(status.facts.includes("Alarm, round 14: Longer."));
  });

  test("that paused a run are its state", () => {
    assert.equal(runFace(paused).description, "paused by an alarm · 14/20");
    assert.equal(runFace(paused).icon, "warning");
    const status = statusOf({ connection: "connected", run: paused, waiting: ["b"] });
    assert.equal(status.text, "$(debug-pause) a · 14/20 · paused by an alarm");
    assert.equal(status.isWarning, true);
    const held = statusOf({ connection: "connected", run: paused, progress: nextRound });
    assert.equal(held.text, status.text, "the round that had begun while the alarm's was saved");
    assert.deepEqual(status.facts.slice(0, 3), [
      "a: paused by an alarm",
      problem.message,
      "Waiting for it: b (while it is paused, it keeps the device)",
    ]);
  });
});

describe("a run that waits", () => {
  const waiting = overview("b", { state: "queued", round: null, queuePlace: 1, waitsFor: "a" });

  test("says for whom", () => {
    assert.equal(runFace(waiting, { holder: running }).description, "queued, place 1, behind a");
    assert.equal(runFace(waiting, { holder: paused }).description, "queued, place 1, behind a, which is paused");
    const status = statusOf({ connection: "connected", run: waiting, holder: paused });
    assert.deepEqual([status.text, status.isWarning], ["$(clock) b queued, place 1, behind a, which is paused", true]);
  });

  test("for a paused one offers to stop that", () => {
    const notice = heldUpNotice(waiting, paused);
    assert.match(notice!.text, /^b waits for a, which was paused by an alarm and keeps the device\./);
    assert.deepEqual([notice!.run, notice!.actions], ["a", [{ title: "Stop a", command: "sparring.stop" }]]);
    assert.equal(heldUpNotice(waiting, running), undefined);
    assert.equal(heldUpNotice({ ...waiting, state: "running" }, paused), undefined);
  });
});

describe("of several windows", () => {
  test("one tells, once and for all, and what is old is forgotten", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "sparring-told-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const told = join(folder, "told");
    const windows = Array.from({ length: 5 }, () => new Claims(told));
    const claimed = await Promise.all(windows.map((window) => window.claim("a alarm 14")));
    assert.equal(claimed.filter(Boolean).length, 1);
    assert.equal(await new Claims(told).claim("a alarm 14"), false);
    assert.equal(await windows[0]!.claim("../a alarm 15"), true);
    for (const name of await readdir(told)) utimesSync(join(told, name), 0, 0);
    assert.equal(await new Claims(told).claim("b"), true);
    assert.equal((await readdir(told)).length, 1);
  });

  test("the one that a person works in comes first, then the one that the run belongs to", () => {
    const waits = [patienceOf(true, false), patienceOf(false, true), patienceOf(false, false)];
    assert.equal(waits[0], 0);
    assert.ok(waits[0]! < waits[1]! && waits[1]! < waits[2]!);
    const folders = ["/home/me/lab", "/data"];
    const own = ["/home/me/lab", "/home/me/lab/sums", "/data/..x"];
    assert.ok(own.every((workspace) => isFromFolders(workspace, folders)));
    const foreign = ["/home/me", "/home/me/lab2", "/", undefined];
    assert.ok(!foreign.some((workspace) => isFromFolders(workspace, folders)));
    assert.equal(isFromFolders("/data", []), false);
  });

  test("that can't write none stays silent", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "sparring-told-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    assert.equal(await new Claims(join(folder, "\0")).claim("a"), true);
  });
});

function recordOf(round: number, rung = alarms) {
  const facts = { round, finishedAt: "2026-11-21T09:12:33.000Z", seconds: 1, phases: {}, metrics: {}, notes: [] };
  return { ...facts, ...(rung.length > 0 && { alarms: rung }) };
}

async function connected(link: FakeLink): Promise<Daemon> {
  const daemon = new Daemon({
    open: async () => validLink(link),
    startsUnasked: () => true,
    wait: async () => {},
    log: () => {},
  });
  const isConnected = new Promise<void>((resolve) => daemon.onState((state) => state === "connected" && resolve()));
  daemon.start();
  await isConnected;
  return daemon;
}
