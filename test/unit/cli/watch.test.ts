import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plain } from "../../../daemon/cli/text/colours.ts";
import { width } from "../../../daemon/cli/text/fit.ts";
import { remainingSeconds } from "../../../daemon/cli/watch/eta.ts";
import { liveFrame } from "../../../daemon/cli/watch/live-frame.ts";
import { heldOut, reward } from "../../../daemon/cli/watch/measures.ts";
import { roundsPerRow, summarise } from "../../../daemon/cli/watch/rows.ts";
import { RunView } from "../../../daemon/cli/watch/run-view.ts";
import { roundTable } from "../../../daemon/cli/watch/table.ts";
import type { WatchedRound } from "../../../daemon/cli/watch/watched-round.ts";
import { isLive } from "../../../daemon/cli/watch/watcher.ts";
import { fakeConfig, fakeProgress, fakeRound, fakeStarted } from "./fake-run.ts";

function watched(round: number, waited: number, evaluationSeconds = 0, metrics = {}): WatchedRound {
  return { round, seconds: waited, waited, evaluationSeconds, metrics };
}

describe("remainingSeconds", () => {
  const rounds = (count: number, seconds = 2) => Array.from({ length: count }, (_, i) => watched(i + 1, seconds));

  test("is not known before the first round was played", () => {
    assert.equal(remainingSeconds([], 10, 5, 0), undefined);
    assert.equal(remainingSeconds([watched(0, 3, 3)], 10, 5, 0), undefined);
  });
  test("counts rounds, evaluations that are due, and what the current round has run", () => {
    assert.equal(remainingSeconds([watched(0, 3, 3), ...rounds(4)], 10, 5, 0.5), 6 * 2 + 2 * 3 - 0.5);
    assert.equal(remainingSeconds([watched(0, 3, 3), ...rounds(5)], 12, 5, 0), 7 * 2 + 2 * 3);
  });
  test("is not moved by one slow round", () => {
    const slow = [
      ...rounds(10),
      watched(11, 500),
      ...rounds(10).map((round) => ({ ...round, round: round.round + 11 })),
    ];
    assert.equal(remainingSeconds(slow, 31, 1000, 0), 20);
  });
  test("follows a change of pace", () => {
    const faster = [...rounds(100, 10), ...rounds(20, 1).map((round) => ({ ...round, round: round.round + 100 }))];
    assert.equal(remainingSeconds(faster, 130, 1000, 0), 10);
  });
  test("never goes below the rounds that are left when one hangs", () => {
    assert.equal(remainingSeconds(rounds(4), 10, 100, 1e6), 5 * 2);
  });
  test("is 0 at the end", () => assert.equal(remainingSeconds(rounds(10), 10, 5, 3), 0));
});

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
    const rounds = [
      watched(1, 1, 0, { "solver/reward": 0.2, "eval/accuracy": 0.1 }),
      watched(2, 1, 0, { "solver/reward": null }),
    ];
    assert.equal(summarise([...rounds, watched(3, 1, 0, { "solver/reward": 0.4 })], reward), (0.2 + 0.4) / 2);
    assert.equal(summarise([...rounds, watched(3, 1, 0, { "eval/accuracy": 0.3 })], heldOut), 0.3);
    assert.equal(summarise([watched(1, 1)], reward), null);
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
        const view = new RunView(fakeStarted(config), 0);
        view.accept(fakeRound(config, 25), 1);
        const line = table.line({ rounds: view.rounds, remaining: 35_999 });
        assert(width(table.header) <= columns);
        assert.equal(width(line), width(table.header));
      }
    }
  });
});

/** A view after some rounds of half a second, and evaluations of a second. */
function viewAfter(rounds: number, settings: Record<string, unknown> = {}): RunView {
  const config = fakeConfig(settings);
  const view = new RunView(fakeStarted(config), 0);
  let now = 0;
  for (let round = 0; round <= rounds; round++) {
    const finished = fakeRound(config, round);
    now += finished.record.seconds * 1000;
    view.accept(finished, now);
  }
  if (rounds < config.game.rounds) view.accept(fakeProgress(config, rounds + 1)[3]!, now);
  return view;
}

describe("the live area", () => {
  test("80 columns", () => {
    assert.deepEqual(liveFrame(viewAfter(150), 82_000, 80, plain), [
      "150/300      ████████████████████····················  1:22 · 1:21 left",
      "answering    ████████████████████····················  128/256",
      "reward       ▁▁▂▂▂▃▃▃▄▄▅▅▅▆▆▆▇▇▇██                     0.450   0.301 – 0.450",
      "self-reward  ▁▁▂▂▂▃▃▃▄▄▅▅▅▆▆▆▇▇▇██                     4.50    4.00 – 4.50",
      "difficulty   ██▇▇▇▆▆▆▅▅▄▄▄▃▃▃▂▂▂▁▁                     0.550   0.550 – 0.699",
      "held-out     ▁▁▁▂▂▂▃▃▃▃▅▅▅▆▆▆▇▇▇▇█                     45.0 %  35.0 – 45.0 %",
    ]);
  });
  test("60 columns", () => {
    assert.deepEqual(liveFrame(viewAfter(150), 82_000, 60, plain).slice(0, 3), [
      "150/300      ██████████··········  1:22 · 1:21 left",
      "answering    ██████████··········  128/256",
      "reward       ▁▂▂▃▄▅▅▆▇██           0.450   0.301 – 0.450",
    ]);
  });
  test("before the first round is finished", () => {
    const config = fakeConfig();
    const view = new RunView(fakeStarted(config), 0);
    assert.deepEqual(liveFrame(view, 1000, 60, plain).slice(0, 2), [
      "0/300        ····················  0:01",
      "reward                             –       ",
    ]);
  });
  test("at the end nothing is left", () => {
    assert.equal(liveFrame(viewAfter(300), 150_000, 60, plain)[0], "300/300      ████████████████████  2:30");
  });
  test("of GRPO has no self-reward", () => {
    const frame = liveFrame(viewAfter(10, { "algorithm.name": "grpo" }), 5000, 80, plain);
    assert(!frame.some((line) => line.includes("self-reward")));
  });
  test("fits every width from 60 on", () => {
    for (let columns = 60; columns <= 200; columns += 7) {
      for (const rounds of [0, 1, 137, 300]) {
        const slow = 36_000_000;
        for (const line of liveFrame(viewAfter(rounds), slow, columns, plain)) assert(width(line) < columns, line);
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
