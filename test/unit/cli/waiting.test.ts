/** What a terminal says of alarms, of a run that one of them paused, and of a run that waits for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { SparringError } from "../../../daemon/errors.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon, type FakeRun } from "./fake-daemon.ts";
import { fakeRound } from "./fake-run.ts";

const sentence = "The Solver is 0.90 nat a token away from the reference (KL), above 0.5.";
const problem = { code: "run/alarm", message: `The run paused itself after round 40: ${sentence}`, next: "Look." };

/** Makes an alarm begin with a round of a run. */
function ring(run: FakeRun, round: number): void {
  const alarms = [{ kind: "kl" as const, severity: "warning" as const, sentence, samples: [{ query: 3 }] }];
  run.rounds[round] = { ...fakeRound(run.config, round), alarms };
}

/** Waits some turns of the event loop for something to become true. */
async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; turns < 1000 && !condition(); turns++) await turn();
  assert.ok(condition());
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

test("list marks runs with alarms in their newest rounds, the one that paused itself, and who waits for it", async () => {
  const daemon = new FakeDaemon();
  ring(daemon.add({ id: "before", round: 60 }), 40);
  const main = daemon.add({ id: "main", round: 40, state: "paused", problem });
  ring(main, 40);
  ring(main, 39);
  daemon.add({ id: "next", state: "queued", queuePlace: 1, waitsFor: "main" });
  const { stdout } = await sparring(["list"], { daemon, columns: 120 });
  const row = (id: string): string => stdout.split("\n").find((line) => line.startsWith(id))!;
  assert.match(stdout, /^run .* alarms/m);
  assert.match(row("main"), /^main +paused: alarm .* 40\/300 .* 2 /);
  assert.match(row("before"), /^before +finished .*– +\d/, "its alarm was more than 20 rounds ago");
  assert.match(
    oneLine(stdout),
    /next is queued behind main \(round 40 of 300\), which was paused by an alarm: stop it with `node dist\/sparring.js stop main`/,
  );
});

test("list has a run whose rounds can't be read", async () => {
  const daemon = new FakeDaemon({
    "sparring/round/list": () => {
      throw new SparringError("store/corrupt-rounds", "A line is torn.", "Restore it.");
    },
  });
  daemon.add({ id: "torn", round: 5 });
  const { code, stdout } = await sparring(["list"], { daemon });
  assert.equal(code, 0);
  assert.match(stdout, /^torn +finished/m);
});

test("watch shows an alarm as soon as it is told, with the rounds that came with it", async () => {
  const daemon = new FakeDaemon();
  const run = daemon.add({ id: "main", round: 5, state: "running" });
  const lists = (): number => daemon.calls.filter(([method]) => method === "sparring/round/list").length;
  const watching = sparring(["watch", "main"], { daemon });
  await until(() => lists() > 0);
  for (const round of [6, 7, 8]) run.rounds.push(fakeRound(run.config, round));
  ring(run, 7);
  const before = lists();
  daemon.notify("sparring/alarm", { run: "other", round: 9, alarms: run.rounds[7]!.alarms!, pauses: false });
  daemon.notify("sparring/alarm", { run: "main", round: 7, alarms: run.rounds[7]!.alarms!, pauses: false });
  await until(() => lists() > before);
  daemon.setState(run, "stopped");
  const { stdout } = await watching;
  const told = oneLine(stdout).match(/round 7: alarm \(kl\)\. The Solver .*? See query 3: `[^`]*`/g);
  assert.equal(told?.length, 1);
  assert.match(told[0], /`node dist\/sparring\.js show main --samples 7`$/);
});

test("a queued run that is watched says when what it waits for pauses", async () => {
  const daemon = new FakeDaemon();
  const main = daemon.add({ id: "main", round: 40, state: "running" });
  const next = daemon.add({ id: "next", state: "queued", queuePlace: 1, waitsFor: "main" });
  const gets = (): number => daemon.calls.filter(([method]) => method === "sparring/run/get").length;
  const watching = sparring(["watch", "next"], { daemon, columns: 400 });
  await until(() => gets() === 1);
  daemon.setState(main, "paused", { problem });
  await until(() => gets() === 2);
  daemon.setState(next, "stopped");
  const { stdout } = await watching;
  const lines = stdout.split("\n").filter((line) => line.includes("is queued behind"));
  assert.equal(lines[0], "next is queued behind main (round 40 of 300).");
  assert.match(
    lines[1]!,
    /^next is queued behind main \(round 40 of 300\), which was paused by an alarm: stop it with/,
  );
  assert.equal(lines.length, 2);
});

test("show has the newest alarms, and names the rounds of those before", async () => {
  const daemon = new FakeDaemon();
  const run = daemon.add({ id: "main", round: 40 });
  for (let round = 29; round <= 40; round++) ring(run, round);
  const { stdout } = await sparring(["show", "main"], { daemon, columns: 200 });
  assert.match(stdout, /^alarms before: round 29, 30$/m);
  assert.deepEqual(
    [...stdout.matchAll(/^round (\d+): alarm/gm)].map(([, round]) => Number(round)),
    Array.from({ length: 10 }, (_, i) => 31 + i),
  );
});

test("show says that an alarm paused a run; a watched one that its daemon left behind is no failure", async () => {
  const daemon = new FakeDaemon();
  const run = daemon.add({ id: "main", round: 40, state: "paused", problem });
  ring(run, 40);
  const shown = await sparring(["show", "main"], { daemon, columns: 200 });
  assert.match(shown.stdout, /^state +paused by an alarm, round 40 of 300 finished/m);
  assert.match(shown.stdout, /^alarm: The run paused itself after round 40/m);
  assert.match(shown.stdout, /^round 40: alarm \(kl\).*`node dist\/sparring\.js show main --samples 40`$/m);
  run.overview = { ...run.overview, state: "interrupted" };
  const watched = await sparring(["watch", "main"], { daemon, columns: 200 });
  assert.equal(watched.stderr, "");
  assert.match(watched.stdout, /Interrupted: its daemon ended\. .*\nThe run paused itself after round 40/);
});
