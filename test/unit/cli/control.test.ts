import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findRun } from "../../../daemon/cli/names.ts";
import type { RunOverview } from "../../../daemon/protocol.ts";
import { newRunId } from "../../../daemon/text/run-id.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fakeConfig, fakeOverview } from "./fake-run.ts";

describe("the name of a run", () => {
  const runs = ["mine-2", "mine-10", "mine-1", "other"].map((id) => fakeOverview(fakeConfig(), { id }));
  const found = (text: string): string => findRun(text, runs).id;

  test("is its id, the beginning of one, or the newest", () => {
    assert.equal(found("mine-1"), "mine-1");
    assert.equal(found("o"), "other");
    assert.equal(found("mine-10"), "mine-10");
    assert.equal(found("last"), "mine-2");
    assert.equal(found("@"), "mine-2");
  });
  test("that could be several lists them", () => {
    assert.throws(() => found("mine"), {
      code: "cli/ambiguous-run",
      message: '"mine" is the beginning of 3 runs: mine-2, mine-10, mine-1.',
    });
    const many = Array.from({ length: 20 }, (_, i) => fakeOverview(fakeConfig(), { id: `a${i}` }));
    assert.throws(() => findRun("a", many), /a0, a1, .* a7 and 12 more\.$/);
  });
  test("that is none names the nearest", () => {
    assert.throws(() => found("mien-2"), { code: "cli/unknown-run", next: "Write mine-2, if you meant that one." });
    assert.throws(() => found("xyzzy\u001b"), /begins with "xyzzy\\\\u\{1b\}"/);
    assert.throws(() => found(""), { code: "cli/unknown-run" });
    assert.throws(() => findRun("last", []), { code: "cli/no-runs" });
  });
  test("is made from the config's name, the day, and random characters", () => {
    const date = new Date("2025-11-21T23:59:59Z");
    assert.equal(newRunId("My Run: 1", date, "ab12"), "my-run-1-20251121-ab12");
    assert.equal(newRunId("漢字", date, "ab12"), "run-20251121-ab12");
    assert.equal(newRunId("x".repeat(200), date, "ab12"), `${"x".repeat(40)}-20251121-ab12`);
  });
});

function daemonWith(...runs: Partial<RunOverview>[]): FakeDaemon {
  const daemon = new FakeDaemon();
  for (const run of runs) daemon.add(run);
  return daemon;
}

describe("pause, resume and stop", () => {
  const asked = (calls: readonly (readonly [string, unknown])[], method: string): unknown[] =>
    calls.filter(([name]) => name === method).map(([, params]) => (params as { run: string }).run);

  test("print the state that is reached, not the one that was asked for", async () => {
    const daemon = daemonWith({ id: "a", state: "running", round: 12 });
    const { code, stdout } = await sparring(["pause", "a"], { daemon });
    assert.equal(code, 0);
    assert.equal(stdout, "a is paused, round 12 of 300.\n");
  });
  test("take several runs, each once", async () => {
    const daemon = daemonWith({ id: "abc", state: "running" }, { id: "xyz", state: "running" });
    const { stdout, calls } = await sparring(["stop", "a", "xyz", "abc"], { daemon });
    assert.deepEqual(asked(calls, "sparring/run/stop"), ["abc", "xyz"]);
    assert.equal(stdout, "abc is stopped.\nxyz is stopped.\n");
  });
  test("--all means those that the verb changes", async () => {
    const states = ["queued", "starting", "running", "paused", "finished", "failed", "stopped", "interrupted"] as const;
    const world = () => ({ daemon: daemonWith(...states.map((state) => ({ id: state, state }))) });
    const all = async (verb: string) =>
      asked((await sparring([verb, "--all", "--json"], world())).calls, `sparring/run/${verb}`).sort();
    assert.deepEqual(await all("pause"), ["running", "starting"]);
    assert.deepEqual(await all("stop"), ["paused", "queued", "running", "starting"]);
    assert.deepEqual(await all("resume"), ["interrupted", "paused"]);
  });
  test("--all without a run says that nothing was done", async () => {
    const { code, stdout } = await sparring(["stop", "--all"], { daemon: daemonWith({ state: "finished" }) });
    assert.equal(code, 0);
    assert.equal(stdout, "No run is queued, starting, running or paused: nothing was done.\n");
  });
  test("resume of one run watches it to its end", async () => {
    const daemon = daemonWith({
      id: "mine",
      state: "interrupted",
      settings: { "game.rounds": 20 },
      round: 12,
    } as object);
    const { code, stdout } = await sparring(["resume", "mine"], { daemon });
    assert.equal(code, 0);
    assert.match(stdout, /^ +20 /m);
    assert.match(stdout, /Held-out accuracy/);
  });
  test("resume --detach returns at once", async () => {
    const daemon = daemonWith({ id: "mine", state: "stopped", round: 12 });
    const { code, stdout } = await sparring(["resume", "mine", "--detach"], { daemon });
    assert.equal(code, 0);
    assert.equal(stdout, "mine is queued.\nWatch it with `node dist/sparring.js watch mine`.\n");
  });
  test("--json prints an array of overviews", async () => {
    const daemon = daemonWith({ id: "a", state: "running" });
    const { stdout } = await sparring(["pause", "a", "--json"], { daemon });
    assert.deepEqual(
      JSON.parse(stdout).map(({ id, state }: RunOverview) => [id, state]),
      [["a", "paused"]],
    );
  });
  test("say so when the daemon ends meanwhile", async () => {
    const daemon = new FakeDaemon({
      "sparring/run/stop": ({ run }) => {
        setImmediate(() => daemon.disconnect("It was killed."));
        const { overview } = daemon.runs.get(run)!;
        daemon.runs.get(run)!.overview = { ...overview, asked: "stop" };
        return daemon.runs.get(run)!.overview;
      },
    });
    daemon.add({ id: "a", state: "running" });
    const { code, stderr } = await sparring(["stop", "a"], { daemon, columns: 200 });
    assert.equal(code, 3);
    assert.match(stderr, /It was killed\. \(cli\/daemon-gone\)/);
  });
});

describe("list", () => {
  const runs: Partial<RunOverview>[] = [
    { id: "addition-20251121-aaaa", round: 300, accuracy: { first: 0.352, last: 0.671 }, ratings: 12 },
    { id: "addition-grpo-20251121-bbbb", state: "interrupted", round: 0, algorithm: "grpo" },
    {
      id: "addition-20251121-cccc",
      state: "running",
      round: 137,
      asked: "pause",
      createdAt: "2025-11-21T05:00:00.000Z",
    },
    { id: "addition-20251121-dddd", state: "queued", queuePlace: 1, createdAt: "2025-11-21T05:29:48.000Z" },
  ];
  test("80 columns", async () => {
    const { stdout } = await sparring(["list"], { daemon: daemonWith(...runs) });
    assert.equal(
      stdout,
      `run                          state        plays    round       held-out  rated
addition-20251121-dddd       queued 1     lsp      –/300              –
addition-20251121-cccc       pausing      lsp    137/300              –
addition-grpo-20251121-bbbb  interrupted  grpo     0/300              –
addition-20251121-aaaa       finished     lsp    300/300  35.2 → 67.1 %     12
`,
    );
  });
  for (const columns of [60, 70, 80, 100, 120]) {
    test(`fits ${columns} columns`, async () => {
      const { stdout } = await sparring(["list"], { daemon: daemonWith(...runs), columns });
      for (const line of stdout.split("\n")) assert(line.length <= columns, line);
      assert.match(stdout, /interrupted/);
    });
  }
  test("shows bars, ratings and ages where there is room", async () => {
    const { stdout } = await sparring(["list"], { daemon: daemonWith(...runs), columns: 120 });
    assert.match(stdout, /137\/300 {2}███▋···· +– +30 min$/m);
    assert.match(stdout, /300\/300 {2}████████ {2}35\.2 → 67\.1 % +12 +1 h$/m);
  });
  test("without runs says what to type", async () => {
    const { stdout } = await sparring(["list"]);
    assert.match(stdout, /^There are no runs in \/home yet\.\n`node dist\/sparring.js play` trains the example/);
  });
  test("shows the newest 20, and how to see all", async () => {
    const many = Array.from({ length: 25 }, (_, i) => ({ id: `run-${i}` }));
    const { stdout } = await sparring(["list"], { daemon: daemonWith(...many) });
    assert.equal(stdout.match(/^run-/gm)!.length, 20);
    assert.match(stdout, /\n5 older: `node dist\/sparring.js list --all`\n$/);
    assert.equal(
      (await sparring(["list", "--all"], { daemon: daemonWith(...many) })).stdout.match(/^run-/gm)!.length,
      25,
    );
  });
  test("reads every page", async () => {
    const many = Array.from({ length: 2500 }, (_, i) => ({ id: `run-${i}` }));
    const { stdout } = await sparring(["list", "--json"], { daemon: daemonWith(...many) });
    assert.equal(JSON.parse(stdout).length, 2500);
  });
});

describe("show", () => {
  test("a run", async () => {
    const daemon = daemonWith({ round: 120, state: "paused", accuracy: { first: 0.35, last: 0.43 } });
    const run = [...daemon.runs.values()][0]!;
    run.notes.push("recovered\u001b[2J from slot a");
    run.lineage = { ...run.lineage, changes: { "kl.beta": [0.05, 0.2], "judge.self_reward.scale": [1, null] } };
    const { code, stdout } = await sparring(["show", "last"], { daemon });
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `run      addition-20251121-ab12
state    paused, round 120 of 300 finished (since 1 h)
changed  kl.beta 0.05 → 0.2, judge.self_reward.scale 1 → unused
game     addition: 32 queries × 8 answers, 300 rounds
plays    LSP, α 0.25, β 0.05, self-reward × 0.2857
model    builtin:nano, all weights
engine   onnx
seed     1
lies in  /home/runs/addition-20251121-ab12
made     2025-11-21 04:00 UTC, 1 h ago
saved    checkpoints of round 50, 100 (24.0 MB)
ratings  none; \`node dist/sparring.js rate addition-20251121-ab12\`
note: recovered\\u{1b}[2J from slot a

reward       ▁▁▂▂▃▃▄▄▅▅▅▆▆▇▇██                         0.420   0.301 – 0.420
self-reward  ▁▁▂▂▃▃▄▄▅▅▅▆▆▇▇██                         4.40    4.00 – 4.40
difficulty   ██▇▇▆▆▅▅▄▄▄▃▃▂▂▁▁                         0.580   0.580 – 0.699
held-out     ▁▁▁▃▃▃▅▅▅▅▆▆▆████                         41.7 %  35.0 – 41.7 %

 round  reward  self-reward  difficulty  admitted  held-out      KL  s/round
     …
   111   0.411         4.37       0.589      96 %         –   0.037     0.50
   112   0.412         4.37       0.588      96 %         –   0.037     0.50
   113   0.413         4.38       0.587      96 %         –   0.038     0.50
   114   0.414         4.38       0.586      96 %         –   0.038     0.50
   115   0.415         4.38       0.585      96 %         –   0.038     0.50
   116   0.416         4.39       0.584      96 %         –   0.039     0.50
   117   0.417         4.39       0.583      96 %         –   0.039     0.50
   118   0.418         4.39       0.582      96 %         –   0.039     0.50
   119   0.419         4.40       0.581      96 %         –   0.040     0.50
   120   0.420         4.40       0.580      96 %         –   0.040     0.50
`,
    );
  });
  test("a run that failed before anything", async () => {
    const problem = { code: "model/not-found", message: "no such folder", next: "Run `sparring doctor`." };
    const { code, stdout } = await sparring(["show", "last"], { daemon: daemonWith({ state: "failed", problem }) });
    assert.equal(code, 0);
    assert.match(stdout, /^error: no such folder \(model\/not-found\)\n {2}Run `node dist\/sparring.js doctor`\.\n$/m);
  });
  test("samples, with all that a model wrote made harmless", async () => {
    const daemon = daemonWith({ round: 3 });
    const run = [...daemon.runs.values()][0]!;
    const [query] = run.queries(3);
    const answer = query!.answers[0]!;
    const long = {
      ...answer,
      text: `first\u001b[2J\nsecond ${"x".repeat(70)}`,
      reward: null,
      unscored: "time-out\u0007",
    };
    const answers = [{ ...answer, selfReward: 6, advantage: 0.25, stop: "length" as const }, long];
    run.queries = () => [
      { ...query!, V: 0.25, advantage: -0.5, answers },
      { ...query!, index: 1, admitted: false, reason: "held out", expected: undefined as never, answers: [] },
    ];
    const { stdout } = await sparring(["show", "last", "--samples", "3"], { daemon });
    assert.equal(
      stdout,
      `Round 3: 2 queries, 1 admitted. R reward, S self-reward, A advantage; cut: at
the token limit.

#0   3+1
     difficulty 0.75, A -0.50, expected 5
     5                     R 0.00  S 6.0  A +0.25  wrong, cut
     first\\u{1b}[2J
     second
     ${"x".repeat(70)}
     R –  A 0.00             time-out\\u{7}

#1   3+1
     unscored, A 0.00, not admitted: held out
`,
    );
  });
  test("why an answer has its scores, with all that a model wrote made harmless", async () => {
    const daemon = daemonWith({ round: 3 });
    const run = [...daemon.runs.values()][0]!;
    const [query] = run.queries(3);
    const answer = {
      ...query!.answers[0]!,
      selfReward: 6,
      rationale: "fine\u001b[2J",
      rewardRationale: "wrong: 5 is right",
    };
    run.queries = () => [
      {
        ...query!,
        answers: [
          { ...answer, advantage: -0.5 },
          { ...answer, reward: 1 },
        ],
      },
    ];
    const { stdout } = await sparring(["show", "last", "--why", "3:0:0"], { daemon });
    assert.equal(
      stdout,
      `Round 3, query 0, answer 0
     3+1
     5

R    0.000     reward of the verifier or reward model
     The verifier expects: 5
     The judge says: wrong: 5 is right
R_Q  6.000     self-reward, 0 to 7
     The judge says: fine‹U+001B›[2J
A    -0.500    r − mean(r) = 1.714 − 2.214, over the 2 scored of 2 answers, with
     r = R + 0.2857·R_Q.
`,
    );
    const json = await sparring(["show", "last", "--why", "3:0:1", "--json"], { daemon });
    assert.equal(JSON.parse(json.stdout).answers[1].reward, 1);
  });
  test("why: not of an answer that is not there, or without a place", async () => {
    const daemon = daemonWith({ round: 3 });
    const missing = await sparring(["show", "last", "--why", "3:0:9"], { daemon });
    assert.match(missing.stderr, /has 1 answers, counted from 0; there is no answer 9/);
    const vague = await sparring(["show", "last", "--why", "3:0"], { daemon });
    assert.match(vague.stderr, /--why wants <round>:<query>:<answer>, found "3:0"/);
  });
  test("samples of a round without any", async () => {
    const { stdout } = await sparring(["show", "last", "--samples", "0"], { daemon: daemonWith({ round: 3 }) });
    assert.equal(stdout, "Round 0 has no samples: nothing was played in it.\n");
  });
  test("the log", async () => {
    const daemon = daemonWith({ round: 3 });
    const { stdout, calls } = await sparring(["show", "last", "--lines", "7"], { daemon });
    assert.equal(stdout, "04:00 info \\u{1b}[2J begun\n");
    assert.deepEqual(calls.at(-1), ["sparring/run/log", { run: "addition-20251121-ab12", lines: 7 }]);
  });
  test("everything as JSON", async () => {
    const { stdout } = await sparring(["show", "last", "--json"], { daemon: daemonWith({ round: 3 }) });
    const { overview, config, rounds } = JSON.parse(stdout);
    assert.deepEqual([overview.round, config.game.queries, rounds.length], [3, 32, 4]);
  });
});
