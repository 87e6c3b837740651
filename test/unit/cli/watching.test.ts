import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noDaemon, sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fakeConfig, fakeId, fakeRound } from "./fake-run.ts";

const small = ["play", "--rounds", "20"] as const;

describe("Ctrl+C", () => {
  test("leaves the run to itself and says how to come back", async () => {
    const { code, stdout, killed, calls } = await sparring(small, { interruptAt: [12] });
    assert.equal(code, 130);
    assert.equal(killed, false);
    const id = "addition-20251121-5fec";
    assert(
      stdout.endsWith(`
Detached: the run goes on without you.

Come back     node dist/sparring.js watch ${id}
Pause it      node dist/sparring.js pause ${id}
Stop it       node dist/sparring.js stop ${id}
`),
      stdout,
    );
    assert(!calls.some(([method]) => method === "sparring/run/stop"));
  });

  test("twice ends the program at once", async () => {
    const daemon = new FakeDaemon();
    let press = (): void => {};
    // The daemon is silent, so that the first does not come to its end.
    daemon.beforeRound = (round) => {
      if (round === 3) {
        press();
        press();
      }
    };
    let killed = false;
    const cli = {
      onInterrupt: (handler: () => void) => {
        press = handler;
        return () => {};
      },
      kill: () => {
        killed = true;
      },
    };
    await sparring(small, { daemon, cli });
    assert.equal(killed, true);
  });

  test("works in the queue", async () => {
    const daemon = new FakeDaemon({
      "sparring/run/start": ({ run }) =>
        daemon.add({ id: run, state: "queued", queuePlace: 2, waitsFor: "first" }).overview,
    });
    daemon.add({ id: "first", state: "running", round: 40 });
    let press = (): void => {};
    const onInterrupt = (handler: () => void): (() => void) => {
      press = handler;
      setImmediate(() => setImmediate(() => press()));
      return () => {};
    };
    const { code, stdout } = await sparring(small, { daemon, cli: { onInterrupt } });
    assert.equal(code, 130);
    assert.match(stdout, /^addition-20251121-5fec is queued behind first \(round 40 of 300\) and 1 more\.\n\nDetached/);
  });
});

describe("watch", () => {
  test("shows a finished run whole: table, report", async () => {
    const daemon = new FakeDaemon();
    daemon.add({ round: 300, accuracy: { first: 0.35, last: 0.55 } });
    const { code, stdout } = await sparring(["watch", "last"], { daemon });
    assert.equal(code, 0);
    assert.match(stdout, /^ +25 .*\n(.*\n)*^ +300 /m);
    assert.match(
      stdout,
      /Held-out accuracy 35\.0 % → 55\.0 %: \+20\.0 points on 500 held-out tasks \(300\nrounds, 2:43\)/,
    );
  });

  test("comes late and shows the rounds from before", async () => {
    const daemon = new FakeDaemon();
    const run = daemon.add({ round: 99, state: "running" });
    setImmediate(() => setImmediate(() => daemon.setState(run, "stopped")));
    const { code, stdout } = await sparring(["watch", fakeId], { daemon });
    assert.equal(code, 130);
    assert.match(stdout, /^ +0 .*\n +25 .*\n +50 .*\n +75 .*\n\nStopped\. Rounds up to 99 are kept/m);
  });

  test("--json prints a line a finished round, and a summary", async () => {
    const daemon = new FakeDaemon();
    daemon.add({ settings: { "game.rounds": 3 }, round: 3, accuracy: { first: 0.1, last: 0.2 } });
    const { stdout } = await sparring(["watch", "last", "--json"], { daemon });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const config = fakeConfig({ "game.rounds": 3 });
    assert.deepEqual(
      lines.slice(0, 4),
      [0, 1, 2, 3].map((round) => fakeRound(config, round)),
    );
    assert.deepEqual([lines[4].status, lines[4].rounds, lines[4].after], ["finished", 3, 0.2]);
  });

  test("shows each round once, however many pages they come in", async () => {
    const daemon = new FakeDaemon({
      "sparring/round/list": ({ run, after }) => {
        const later = daemon.runs.get(run)!.rounds.filter(({ round }) => round > after);
        return { rounds: later.slice(0, 7), more: later.length > 7 };
      },
    });
    daemon.add({ round: 300 });
    const { stdout } = await sparring(["watch", "last", "--json"], { daemon });
    const rounds = stdout
      .split("\n")
      .flatMap((line) => (line.includes('"finishedAt"') ? [JSON.parse(line).round] : []));
    assert.deepEqual(
      rounds,
      Array.from({ length: 301 }, (_, round) => round),
    );
  });

  test("of a run whose daemon ended says so", async () => {
    const daemon = new FakeDaemon();
    daemon.add({ state: "interrupted", round: 40 });
    const { code, stdout } = await sparring(["watch", "last"], { daemon });
    assert.equal(code, 1);
    assert.match(stdout, /Interrupted: its daemon ended\. Rounds up to 40 are kept/);
    assert.match(stdout, /^Go on {9}node dist\/sparring.js resume addition-20251121-ab12$/m);
  });

  test("of a failed run says why", async () => {
    const daemon = new FakeDaemon();
    const problem = { code: "engine/died", message: "the engine died\u001b[2J", next: "Resume it." };
    daemon.add({ state: "failed", round: 40, problem });
    const { code, stderr } = await sparring(["watch", "last"], { daemon });
    assert.equal(code, 1);
    assert.equal(stderr, "error: the engine died\\u{1b}[2J (engine/died)\n  Resume it.\n");
  });

  test("prints what models wrote without obeying it", async () => {
    const daemon = new FakeDaemon();
    const run = daemon.add({ round: 300 });
    const hostile = "\u001b]0;evil\u0007\u202e\r";
    const { queries } = run;
    run.queries = (round) => queries(round).map((query) => ({ ...query, text: hostile, expected: hostile }));
    run.notes.push(hostile);
    const { stdout } = await sparring(["watch", "last"], { daemon });
    for (const char of ["\u001b", "\u0007", "\u202e", "\r"]) assert(!stdout.includes(char), stdout);
    assert.match(stdout, /\\u\{1b\}\]0;evil/);
  });
});

describe("a connection that ends", () => {
  test("is made again, and the table goes on where it was", async () => {
    const daemon = new FakeDaemon();
    daemon.beforeRound = (round) => {
      if (round === 10) daemon.disconnect("It was killed.");
    };
    const { code, stdout } = await sparring(small, { daemon, columns: 200 });
    assert.equal(code, 0);
    assert.match(stdout, /The connection to the daemon ended: It was killed\. Looking for it again\./);
    assert.deepEqual(
      [...stdout.matchAll(/^ +(\d+) .* %/gm)].map(([, round]) => Number(round)),
      Array.from({ length: 11 }, (_, row) => 2 * row),
    );
    assert.equal(stdout.match(/^run /gm)!.length, 1);
  });

  test("is said, with what to do, where no daemon comes back", async () => {
    const daemon = new FakeDaemon();
    let isGone = false;
    daemon.beforeRound = (round) => {
      if (round !== 10) return;
      isGone = true;
      daemon.disconnect("It was killed.");
    };
    const connect = async () => {
      if (isGone) throw noDaemon();
      return daemon.client();
    };
    const { code, stdout, stderr } = await sparring(small, { daemon, columns: 200, cli: { connect } });
    assert.equal(code, 3);
    assert.match(stdout, /The connection to the daemon ended: It was killed\. Looking for it again\./);
    assert.match(
      stderr,
      /no other has come up in 10 seconds\. \(cli\/daemon-gone\)\n {2}Run `node dist\/sparring.js resume addition-20251121-5fec`/,
    );
  });
});
