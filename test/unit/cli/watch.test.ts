import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plain } from "../../../daemon/cli/text/colours.ts";
import { width } from "../../../daemon/cli/text/fit.ts";
import type { Style } from "../../../daemon/cli/text/style.ts";
import { Chronicle } from "../../../daemon/cli/watch/chronicle.ts";
import { liveFrame } from "../../../daemon/cli/watch/live-frame.ts";
import { heldOut, reward } from "../../../daemon/cli/watch/measures.ts";
import { roundsPerRow, summarise } from "../../../daemon/cli/watch/rows.ts";
import { RunView } from "../../../daemon/cli/watch/run-view.ts";
import { roundTable } from "../../../daemon/cli/watch/table.ts";
import { isLive } from "../../../daemon/cli/watch/watcher.ts";
import type { RoundRecord } from "../../../daemon/store/records.ts";
import { fakeConfig, fakeFacts, fakeOverview, fakeProgress, fakeRound } from "./fake-run.ts";

function played(round: number, metrics: RoundRecord["metrics"] = {}): RoundRecord {
  return { round, finishedAt: "2025-11-21T04:00:00.000Z", seconds: 1, phases: {}, metrics, notes: [] };
}

describe("rows", () => {
  test("follow the evaluations where that gives a readable table, else round numbers", () => {
    assert.equal(roundsPerRow(301, 25), 25);
    assert.equal(roundsPerRow(301, 100), 20);
    assert.equal(roundsPerRow(301, 1), 20);
    assert.equal(roundsPerRow(10, 25), 1);
    assert.equal(roundsPerRow(50, 25), 5);
    assert.equal(roundsPerRow(1_000_000, 25), 50_000);
  });
  test("are means, except what is measured now and then", () => {
    const rounds = [played(1, { "solver/reward": 0.2, "eval/accuracy": 0.1 }), played(2, { "solver/reward": null })];
    assert.equal(summarise([...rounds, played(3, { "solver/reward": 0.4 })], reward), (0.2 + 0.4) / 2);
    assert.equal(summarise([...rounds, played(3, { "eval/accuracy": 0.3 })], heldOut), 0.3);
    assert.equal(summarise([played(1)], reward), null);
  });
});

describe("the table", () => {
  const titles = (settings: Record<string, unknown>, columns: number, withRemaining = false) =>
    roundTable(fakeConfig(settings), columns, withRemaining).header.trim().split(/ +/);

  test("has the columns that the algorithm measures", () => {
    assert.deepEqual(titles({}, 80), [
      "round",
      "reward",
      "self-reward",
      "difficulty",
      "admitted",
      "held-out",
      "KL",
      "s/round",
    ]);
    assert.deepEqual(titles({ "algorithm.name": "grpo", "algorithm.alpha_challenger": undefined }, 80, true), [
      "round",
      "reward",
      "difficulty",
      "held-out",
      "KL",
      "s/round",
      "left",
    ]);
  });
  test("drops what can be done without where it is narrow", () => {
    assert.deepEqual(titles({}, 60), ["round", "reward", "self-reward", "difficulty", "held-out", "KL", "s/round"]);
    assert.deepEqual(titles({}, 20), ["round", "reward", "self-reward", "difficulty", "held-out"]);
  });
  test("fits every width from 60 on, all lines alike", () => {
    for (let columns = 60; columns <= 130; columns++) {
      for (const withRemaining of [false, true]) {
        const config = fakeConfig();
        const table = roundTable(config, columns, withRemaining);
        const line = table.line({ rounds: [fakeRound(config, 25)], remaining: 35_999 });
        assert(width(table.header) <= columns);
        assert.equal(width(line), width(table.header));
      }
    }
  });
});

/** A view in the middle of the round after some rounds of half a second, and evaluations of a second. */
function viewAfter(rounds: number, settings: Record<string, unknown> = {}): RunView {
  const config = fakeConfig(settings);
  const view = new RunView(fakeFacts(config), 0);
  for (let round = 0; round <= rounds; round++) view.rounds.push(fakeRound(config, round));
  const now = view.rounds.reduce((sum, { seconds }) => sum + seconds, 0) * 1000;
  view.accept(fakeProgress(config, rounds + 1)[rounds < config.game.rounds ? 3 : 0]!, now);
  if (rounds === config.game.rounds) view.change(fakeOverview(config, { state: "finished" }), now);
  return view;
}

const style: Style = { columns: 80, colours: plain, invocation: "sparring" };
const narrow: Style = { ...style, columns: 60 };

test("each kind of note is shown once, in the round that had it first", () => {
  const config = fakeConfig();
  const chronicle = new Chronicle(new RunView(fakeFacts(config), 0), { columns: 80, isAlone: false });
  const noted = (round: number, ...notes: string[]) => ({ ...fakeRound(config, round), notes });
  assert.deepEqual(
    chronicle.notes(
      [noted(3, "4 of 32 answers are unscored"), noted(4, "5 of 32 answers are unscored", "It died.")],
      style,
    ),
    ["round 3: 4 of 32 answers are unscored", "round 4: It died."],
  );
  assert.deepEqual(chronicle.notes([noted(5, "1 of 32 answers are unscored")], style), []);
});

describe("the live area", () => {
  test("80 columns", () => {
    assert.deepEqual(liveFrame(viewAfter(150), 82_000, style), [
      "150/300      ████████████████████····················  1:22 · 1:21 left",
      "answering    ████████████████████····················  128/256",
      "reward       ▁▁▂▂▂▃▃▃▄▄▅▅▅▆▆▆▇▇▇██                     0.450   0.301 – 0.450",
      "self-reward  ▁▁▂▂▂▃▃▃▄▄▅▅▅▆▆▆▇▇▇██                     4.50    4.00 – 4.50",
      "difficulty   ██▇▇▇▆▆▆▅▅▄▄▄▃▃▃▂▂▂▁▁                     0.550   0.550 – 0.699",
      "held-out     ▁▁▁▂▂▂▃▃▃▃▅▅▅▆▆▆▇▇▇▇█                     45.0 %  35.0 – 45.0 %",
    ]);
  });
  test("60 columns", () => {
    assert.deepEqual(liveFrame(viewAfter(150), 82_000, narrow).slice(0, 3), [
      "150/300      ██████████··········  1:22 · 1:21 left",
      "answering    ██████████··········  128/256",
      "reward       ▁▂▂▃▄▅▅▆▇██           0.450   0.301 – 0.450",
    ]);
  });
  test("with what the run takes of a GPU", () => {
    const view = viewAfter(150);
    const telemetry = {
      usedBytes: 61 * 2 ** 30,
      peakBytes: 61 * 2 ** 30,
      totalBytes: 141 * 2 ** 30,
      utilisation: 0.97,
    };
    view.accept({ ...view.progress!, device: "NVIDIA H200, 141 GiB, bfloat16", telemetry }, 82_000);
    assert.equal(liveFrame(view, 82_000, narrow)[2], "device       GPU 97 %, 61 of 141 GiB");
  });
  test("before the first round is finished", () => {
    const view = new RunView(fakeFacts(fakeConfig(), { progress: null }), 0);
    assert.deepEqual(liveFrame(view, 1000, narrow).slice(0, 2), [
      "0/300        ····················  0:00",
      "reward                             –       ",
    ]);
  });
  test("at the end nothing is left, and the clock stands still", () => {
    assert.equal(liveFrame(viewAfter(300), 1e9, narrow)[0], "300/300      ████████████████████  2:43");
  });
  test("of GRPO has no self-reward", () => {
    const frame = liveFrame(viewAfter(10, { "algorithm.name": "grpo" }), 5000, style);
    assert(!frame.some((line) => line.includes("self-reward")));
  });
  test("of a fork begins where it goes on from", () => {
    const config = fakeConfig();
    const view = new RunView(
      fakeFacts(config, { overview: fakeOverview(config, { parent: { run: "p", round: 200 } }) }),
      0,
    );
    view.rounds.push(fakeRound(config, 200), fakeRound(config, 250));
    assert.match(liveFrame(view, 0, narrow)[0]!, /^250\/300 {6}█{10}·{10} /);
  });

  describe("while the run is paused", () => {
    function paused(): RunView {
      const view = viewAfter(150);
      view.change(fakeOverview(fakeConfig(), { state: "paused" }), 83_000);
      return view;
    }
    test("says how to go on, and its clock stands still", () => {
      assert.deepEqual(liveFrame(paused(), 1e9, style).slice(0, 2), [
        "150/300      ████████████████████····················  1:23 · 1:20 left",
        "paused       `sparring resume addition-20251121-ab12` goes on",
      ]);
    });
    test("goes on with the time from before the pause", () => {
      const view = paused();
      view.change(fakeOverview(), 500_000);
      assert.match(liveFrame(view, 501_000, style)[0]!, / 1:24 · 1:19 left$/);
    });
    test("fits where the command does not", () => {
      const lines = liveFrame(paused(), 0, { ...narrow, invocation: "node some/where/dist/sparring.js" }).slice(1, 4);
      assert.deepEqual(lines, [
        "paused       ",
        "  `node some/where/dist/sparring.js resume",
        "  addition-20251121-ab12` goes on",
      ]);
    });
  });

  test("says what a run was asked for, and that it is stuck, whatever the sentence holds", () => {
    const view = viewAfter(150);
    view.change(fakeOverview(fakeConfig(), { asked: "pause" }), 82_000);
    view.accept({ ...view.progress!, stuck: "answering takes 5 times as long as usual\u001b[2J" }, 82_000);
    assert.deepEqual(liveFrame(view, 82_000, style).slice(1, 3), [
      "answering    ████████████████████····················  pausing",
      "answering takes 5 times as long as usual\\u{1b}[2J",
    ]);
  });
  test("shows a phase that this program does not know", () => {
    const view = viewAfter(150);
    view.accept({ ...view.progress!, phase: "re\u001bcalibrating" }, 82_000);
    assert.match(liveFrame(view, 82_000, style)[1]!, /^re\\u\{1b\}cal… █/);
  });
  test("fits every width from 60 on", () => {
    for (let columns = 60; columns <= 200; columns += 7) {
      for (const rounds of [0, 1, 137, 300]) {
        for (const line of liveFrame(viewAfter(rounds), 36_000_000, { ...style, columns })) {
          assert(width(line) < columns, line);
        }
      }
    }
  });
});

test("a terminal is drawn on unless somebody asked for plain text", () => {
  const screen = { isTTY: true } as NodeJS.WriteStream;
  assert.equal(isLive(screen, {}), true);
  assert.equal(isLive({ ...screen, isTTY: false } as NodeJS.WriteStream, {}), false);
  for (const env of [{ CI: "true" }, { NO_COLOR: "1" }, { TERM: "dumb" }]) assert.equal(isLive(screen, env), false);
});
