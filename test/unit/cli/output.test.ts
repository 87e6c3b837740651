import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { finishedReport } from "../../../daemon/cli/reports/report.ts";
import { plain } from "../../../daemon/cli/text/colours.ts";
import { width } from "../../../daemon/cli/text/fit.ts";
import type { Style } from "../../../daemon/cli/text/style.ts";
import { LiveWatcher } from "../../../daemon/cli/watch/live-watcher.ts";
import { PlainWatcher } from "../../../daemon/cli/watch/plain-watcher.ts";
import { firstSample, RunView } from "../../../daemon/cli/watch/run-view.ts";
import { screen, sparring } from "./fake-cli.ts";
import { fakeConfig, fakeFacts, fakeOverview, fakeProgress, fakeQuery, fakeRound } from "./fake-run.ts";

const header = `run      addition-20251121-ab12
game     addition: 32 queries × 8 answers, 300 rounds
plays    LSP, α 0.25, β 0.05, self-reward × 0.2857
model    builtin:nano, all weights
engine   onnx, CPU, 2 threads
seed     1
lies in  /home/runs/addition-20251121-ab12
`;

test("plain output of a whole run, 80 columns", async () => {
  const { code, stdout, stderr } = await sparring(["play"], { cli: { unique: () => "ab12" } });
  assert.equal(code, 0);
  assert.equal(stderr, "");
  assert.equal(
    stdout,
    `${header}
Each row is the mean of the rounds since the row above.
 round reward self-reward difficulty admitted held-out     KL s/round    left
     0      –           –          –        –   35.0 %      –       –       –
    25  0.313        4.04      0.687    100 %   36.7 %  0.004    0.50    2:29
    50  0.338        4.13      0.662     99 %   38.3 %  0.013    0.50    2:15
    75  0.363        4.21      0.637     98 %   40.0 %  0.021    0.50    2:02
   100  0.388        4.29      0.612     97 %   41.7 %  0.029    0.50    1:48
   125  0.413        4.38      0.587     96 %   43.3 %  0.038    0.50    1:35
   150  0.438        4.46      0.562     95 %   45.0 %  0.046    0.50    1:21
   175  0.463        4.54      0.537     95 %   46.7 %  0.054    0.50    1:08
   200  0.488        4.63      0.512     94 %   48.3 %  0.063    0.50    0:54
   225  0.513        4.71      0.487     93 %   50.0 %  0.071    0.50    0:41
   250  0.538        4.79      0.462     92 %   51.7 %  0.079    0.50    0:27
   275  0.563        4.88      0.437     91 %   53.3 %  0.088    0.50    0:14
   300  0.588        4.96      0.412     90 %   55.0 %  0.096    0.50    0:00

Held-out accuracy 35.0 % → 56.0 %: +21.0 points on 500 held-out tasks (300
rounds, 2:43).

The first query of a round and its first answer, early and late
  round 1     1+1 → 3  wrong, it is 5
  round 300   300+1 → 301  right

The run       /home/runs/addition-20251121-ab12
Samples       /home/runs/addition-20251121-ab12/samples/000300.jsonl
Play on       node dist/sparring.js fork addition-20251121-ab12 game.rounds=600
Fork earlier
  node dist/sparring.js fork addition-20251121-ab12@250 optimizer.lr=1e-4
`,
  );
});

test("plain output fits 60 columns, but for what is there to be copied", async () => {
  const { stdout } = await sparring(["play"], { columns: 60 });
  for (const line of stdout.split("\n")) assert(width(line) <= 60 || line.startsWith("  node "), line);
});

/** The lines that a terminal shows, as far as redrawing needs it: line breaks, "cursor up" and "erase line". */
function terminal(text: string): string[] {
  const lines: string[] = [""];
  let row = 0;
  const type = (plainText: string): void => {
    for (const [i, piece] of plainText.split("\n").entries()) {
      if (i > 0) row++;
      lines[row] = (lines[row] ?? "") + piece;
    }
  };
  const [first, ...rest] = text.split("\u001b[");
  type(first!);
  for (const sequence of rest) {
    const [code, count, verb] = /^\??(\d*)[\d;]*([A-Za-z])/.exec(sequence)!;
    if (verb === "A") row -= Number(count || 1);
    if (verb === "K") lines[row] = "";
    type(sequence.slice(code!.length));
  }
  return lines;
}

describe("the live display", () => {
  const config = fakeConfig();

  test("is a header, a growing table, and one live area below that stays at the end", () => {
    const { stream, text } = screen({ isTTY: true, columns: 80, rows: 40 });
    let now = 0;
    const watcher = new LiveWatcher(stream, () => now, "sparring");
    watcher.begin(fakeFacts(config, { notes: ["threads was 4 and is 2"] }));
    // Those that were finished before come at once.
    watcher.finish(Array.from({ length: 31 }, (_, round) => fakeRound(config, round)));
    for (let round = 31; round <= 50; round++) {
      now += 500;
      watcher.finish([fakeRound(config, round)]);
      for (const progress of fakeProgress(config, round + 1)) watcher.progress(progress);
    }
    watcher.say("Stopping");
    watcher.change(fakeOverview(config, { state: "stopped" }));
    watcher.close();
    watcher.say("Stopped");
    const lines = terminal(text());
    assert.equal(lines.slice(0, 7).join("\n"), header.trimEnd());
    assert.deepEqual(
      lines.slice(7).map((line) => line.trimEnd()),
      [
        "warning: threads was 4 and is 2",
        "",
        "Each row is the mean of the rounds since the row above.",
        " round  reward  self-reward  difficulty  admitted  held-out      KL  s/round",
        "     0       –            –           –         –    35.0 %       –        –",
        "    25   0.313         4.04       0.687     100 %    36.7 %   0.004     0.50",
        "    50   0.338         4.13       0.662      99 %    38.3 %   0.013     0.50",
        "Stopping",
        "",
        "50/300       ██████▋·································  0:28",
        "reward       ▁▂▃▅▆▇█                                   0.350   0.301 – 0.350",
        "self-reward  ▁▂▃▅▆▇█                                   4.17    4.00 – 4.17",
        "difficulty   █▇▆▄▃▂▁                                   0.650   0.650 – 0.699",
        "held-out     ▁▁▁▅▅▅█                                   38.3 %  35.0 – 38.3 %",
        "Stopped",
        "",
      ],
    );
  });

  test("closes twice, and before anything began", () => {
    const { stream, text } = screen({ isTTY: true, columns: 80, rows: 40 });
    const watcher = new LiveWatcher(stream, () => 0, "sparring");
    watcher.close();
    watcher.close();
    assert.equal(text(), "");
  });
});

describe("a plain log", () => {
  const config = fakeConfig();

  test("of a slow run is never silent for long", () => {
    const { stream, text } = screen({});
    const watcher = new PlainWatcher(stream, () => 0, "sparring");
    watcher.begin(fakeFacts(config));
    for (let round = 0; round <= 10; round++) watcher.finish([{ ...fakeRound(config, round), seconds: 50 }]);
    const rows = text().match(/^ +\d+ .*$/gm) ?? [];
    assert.deepEqual(
      rows.map((row) => Number(row.slice(0, 6))),
      [0, 3, 6, 9],
    );
  });

  test("says once that the run is stuck, that it is paused, and that it goes on", () => {
    const { stream, text } = screen({});
    const watcher = new PlainWatcher(stream, () => 0, "sparring");
    watcher.begin(fakeFacts(config));
    const [progress] = fakeProgress(config, 3);
    for (let i = 0; i < 3; i++) watcher.progress({ ...progress!, stuck: "stuck in solve\u001b[2J" });
    for (const state of ["running", "paused", "paused", "running"] as const) {
      watcher.change(fakeOverview(config, { state }));
    }
    assert.deepEqual(text().trimEnd().split("\n").slice(-3), [
      "warning: stuck in solve\\u{1b}[2J",
      "Paused. `sparring resume addition-20251121-ab12` goes on.",
      "It goes on.",
    ]);
  });
});

describe("the report", () => {
  const style: Style = { columns: 80, colours: plain, invocation: "sparring" };
  const summary = {
    id: "x",
    dir: "/x",
    status: "finished",
    rounds: 2,
    seconds: 3,
    seed: 1,
    before: 0.5,
    after: 0.4,
  } as const;

  function viewOf(parent?: { run: string; round: number }): RunView {
    const config = fakeConfig({ "checkpoints.every": 1 });
    return new RunView(fakeFacts(config, { overview: fakeOverview(config, { ...(parent && { parent }) }) }), 0);
  }

  type Played = readonly [round: number, ...queries: ReturnType<typeof fakeQuery>[]];

  function report(changes: Partial<typeof summary> | object, ...rounds: Played[]): string {
    const view = viewOf();
    const samples = rounds.map(([round, ...queries]) => firstSample(round, queries));
    view.early = samples[0];
    view.late = samples.at(-1);
    return finishedReport({ ...summary, ...changes }, view, style).join("\n");
  }

  test("says when accuracy fell, and when it was not measured", () => {
    assert.match(report({}), /50\.0 % → 40\.0 %: -10\.0 points \(2 rounds, 0:03\)/);
    assert.match(report({ before: null }), /Held-out accuracy was not measured \(2 rounds, 0:03\)/);
  });

  test("shows what a model wrote without obeying it, in one line each", () => {
    const query = `4\u001b[2J\u202e+1\n${"9".repeat(200)}`;
    const text = report({}, [1, fakeQuery(query, "x\rright", 0)], [2, fakeQuery("1+1", "2", null)]);
    const samples = text.split("\n").filter((line) => line.startsWith("  round"));
    assert.equal(samples.length, 2);
    assert.match(samples[0]!, /^ {2}round 1 {5}4\\u\{1b\}\[2J\\u\{202e\}\+1\\n9+… → x\\rright {2}wrong, it is 5$/);
    assert.equal(samples[1], "  round 2     1+1 → 2  unscored");
    for (const line of samples) assert(width(line) <= 80);
  });

  test("shows the first query that got an answer, and no answer where there is none", () => {
    const unanswered = { ...fakeQuery("??", "", 0), answers: [] };
    assert.match(report({}, [1, unanswered, fakeQuery("3+4", "7", 1)]), /round 1 {5}3\+4 → 7 {2}right/);
    assert.doesNotMatch(report({}, [1, unanswered]), /The first query/);
  });

  test("names no round of a fork's parent, whose checkpoints it does not have", () => {
    const view = viewOf({ run: "parent", round: 1 });
    assert.doesNotMatch(finishedReport(summary, view, style).join("\n"), /Fork earlier/);
    assert.match(finishedReport({ ...summary, rounds: 3 }, view, style).join("\n"), /fork x@2 /);
  });

  test("names a round to fork from that has a checkpoint", () => {
    assert.match(report({}), /sparring fork x@1 /);
    assert.doesNotMatch(report({ rounds: 1 }), /@/);
  });
});
