import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { intervalTrack } from "../../../daemon/cli/reports/eval-report.ts";
import type { ResultOf } from "../../../daemon/protocol.ts";
import { type Outcome, sparring, type World } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";

type Against = NonNullable<ResultOf<"sparring/checkpoint/evaluate">["against"]>;

const accuracy = { value: 0.573, low: 0.533, high: 0.612 };
const opponent: Against = {
  weights: "the reference",
  accuracy: { value: 0.349, low: 0.312, high: 0.388 },
  winRate: { value: 0.612, low: 0.583, high: 0.64 },
  wins: 190,
  ties: 373,
  losses: 52,
  swapped: 0,
  unscored: 0,
};

function daemonThatEvaluates(changes: Partial<Against> = {}): FakeDaemon {
  const daemon = new FakeDaemon({
    "sparring/checkpoint/evaluate": ({ against }) => {
      daemon.notify("sparring/task/progress", { task: "another", what: "x", done: 0, total: 1 });
      const facts = { weights: "round 300", tasks: 615, accuracy };
      return against ? { ...facts, against: { ...opponent, ...changes } } : facts;
    },
  });
  daemon.add({ id: "older", round: 3 });
  daemon.add({ id: "mine", round: 3 });
  return daemon;
}

const run = (args: readonly string[], world: World = {}): Promise<Outcome> =>
  sparring(["eval", ...args], { daemon: daemonThatEvaluates(), ...world });

describe("eval", () => {
  test("asks for what the command line says", async () => {
    const asked = async (...args: string[]) => {
      const { task, ...params } = (await run(args)).calls.at(-1)![1] as Record<string, unknown>;
      assert.equal(typeof task, "string");
      return params;
    };
    const base = { run: "mine", weights: "current" };
    assert.deepEqual(await asked("mine"), base);
    assert.deepEqual(await asked("mine@2", "--limit", "9", "--seed", "4"), {
      run: "mine",
      weights: { checkpoint: 2 },
      limit: 9,
      seed: 4,
    });
    assert.deepEqual(await asked("mine", "--reference"), { ...base, weights: "reference" });
    const byModel = await asked("last", "--against", "base", "--judge", "self-reward");
    assert.deepEqual(byModel, { ...base, against: { run: "mine", weights: "reference" }, judge: "self-reward" });
    const byPairs = await asked("mine", "--against", "base", "--judge", "pairwise");
    assert.equal(byPairs.judge, "pairwise");
    const older = await asked("mine", "--against", "old@7");
    assert.deepEqual(older, { ...base, against: { run: "older", weights: { checkpoint: 7 } } });
  });

  test("shows accuracy with its interval", async () => {
    assert.equal(
      (await run(["mine"])).stdout,
      `Held-out accuracy on 615 tasks, with 95 % intervals
mine, round 300                   ·········━●━······  57.3 %  53.3 – 61.2
`,
    );
  });

  test("against others shows the win rate and says what it says", async () => {
    assert.equal(
      (await run(["mine", "--against", "base"])).stdout,
      `Held-out accuracy on 615 tasks, with 95 % intervals
mine, round 300                   ·········━●━······  57.3 %  53.3 – 61.2
the reference                     ·····━●··┊········  34.9 %  31.2 – 38.8

Win rate of the first, by the verifier; ties count half
against the reference             ·········┊━●······  61.2 %  58.3 – 64.0
190 won, 373 tied, 52 lost.
The first is better: the interval lies above one half.
`,
    );
  });

  test("says so where nothing is shown, and what the judge could not say", async () => {
    const winRate = { value: 0.49, low: 0.45, high: 0.53 };
    const daemon = daemonThatEvaluates({ winRate, swapped: 12, unscored: 3 });
    const { stdout } = await run(["mine", "--against", "older", "--judge", "self-reward"], { daemon });
    assert.match(stdout, /by the self-reward/);
    const byPairs = await run(["mine", "--against", "older", "--judge", "pairwise"], { daemon });
    assert.match(byPairs.stdout, /Win rate of the first, by a judge of pairs; ties count half/);
    assert.match(stdout, /12 of the ties because the judge disagreed with\nitself; 3 unscored\./);
    assert.match(stdout, /No difference is shown: the interval holds one half\.\n$/);
    const worse = daemonThatEvaluates({ winRate: { value: 0.3, low: 0.2, high: 0.4 } });
    assert.match((await run(["mine", "--against", "older"], { daemon: worse })).stdout, /The first is worse/);
  });

  test("keeps long names whole, on lines of their own", async () => {
    const daemon = daemonThatEvaluates({ weights: "a copy of its weights, taken in round 12" });
    const { stdout } = await run(["mine", "--against", "older"], { daemon });
    assert.match(stdout, /\nolder, a copy of its weights, taken in round 12\n {34}·+━●··┊·+ {2}34\.9 %/);
  });

  test("fits narrow and wide screens", async () => {
    for (const columns of [40, 54, 80, 120]) {
      const { stdout } = await run(["mine", "--against", "older"], { columns });
      for (const line of stdout.split("\n")) assert.ok(line.length <= columns, `${columns}: ${line}`);
    }
  });

  test("as JSON is the daemon's answer", async () => {
    const { stdout } = await run(["mine", "--json"]);
    assert.deepEqual(JSON.parse(stdout), { weights: "round 300", tasks: 615, accuracy });
  });

  const wrong: [args: string[], stderr: RegExp][] = [
    [[], /`eval` needs the id of a run/],
    [
      ["mine", "--judge", "gpt", "--against", "base"],
      /--judge wants verifier or self-reward or pairwise, found\s"gpt"/,
    ],
    [["mine", "--judge", "verifier"], /--judge needs --against/],
    [["mine", "--limit", "0"], /--limit wants a number from 1/],
    [["mine@2", "--reference"], /exclude each other/],
    [["mine", "--against", "mine@x"], /is no run and round/],
  ];
  for (const [args, stderr] of wrong) {
    test(`"${args.join(" ")}" starts nothing`, async () => {
      const outcome = await run(args);
      assert.equal(outcome.code, 2);
      assert.match(outcome.stderr, stderr);
      assert.deepEqual(outcome.calls, []);
    });
  }

  test("of a run that there isn't names the nearest", async () => {
    const { code, stderr } = await run(["mine", "--against", "oldest"]);
    assert.equal(code, 2);
    assert.match(stderr, /cli\/unknown-run/);
  });
});

test("an interval is drawn where it lies", () => {
  assert.equal(intervalTrack({ value: 0, low: 0, high: 0.2 }, 10), "●━━··┊····");
  assert.equal(intervalTrack({ value: 1, low: 0.9, high: 1 }, 10), "·····┊···●");
  assert.equal(intervalTrack({ value: 0.5, low: 0, high: 1 }, 10), "━━━━━●━━━━");
});
