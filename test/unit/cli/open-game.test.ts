import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RoundRecord } from "../../../daemon/store/records.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon, type FakeRun } from "./fake-daemon.ts";
import { fakeQuery } from "./fake-run.ts";

/* A free-form game, as examples/language-open.sparring.yaml: a rubric's share is its reward, and nothing is held out. */

const settings = {
  "game.task": "open",
  "game.rounds": 3,
  "algorithm.name": "lsp-zero",
  "judge.reward.kind": "rubric",
};

/** Round 0 only measures elsewhere; here it does nothing. */
function playedRound(round: number): RoundRecord {
  const metrics = { "solver/reward": 0.5, "challenger/difficulty": 0.5, "challenger/admitted": 1, "solver/kl": 0.1 };
  const finishedAt = "2025-11-21T04:00:00.000Z";
  return { round, finishedAt, seconds: 1, phases: {}, metrics: round === 0 ? {} : metrics, notes: [] };
}

function daemonWith(): { daemon: FakeDaemon; run: FakeRun } {
  const daemon = new FakeDaemon();
  const run = daemon.add({ id: "talk", name: "talk", state: "finished", round: 3, accuracy: null, settings });
  run.rounds = [0, 1, 2, 3].map(playedRound);
  run.queries = (round) => [
    { ...fakeQuery("Why?", "Because.", round === 1 ? 0 : 1), expected: undefined },
    { ...fakeQuery("How?", "So.", 0.5), expected: undefined },
  ];
  return { daemon, run };
}

describe("a game without right answers", () => {
  test("shows rewards as numbers, never as right or wrong", async () => {
    const { daemon } = daemonWith();
    for (const [round, number] of [
      ["1", "0.00"],
      ["2", "1.00"],
    ] as const) {
      const { stdout } = await sparring(["show", "talk", "--samples", round], { daemon });
      assert.match(stdout, new RegExp(`reward ${number}`));
      assert.match(stdout, /reward 0\.50/);
      assert.doesNotMatch(stdout, /right|wrong/);
    }
  });

  test("has a report without an accuracy, and samples with their rewards", async () => {
    const { daemon } = daemonWith();
    const { code, stdout } = await sparring(["watch", "talk"], { daemon });
    assert.equal(code, 0);
    assert.match(stdout, /\nThis game has no held-out tasks to measure accuracy on \(3 rounds, 0:0\d\)\.\n/);
    assert.match(stdout, /Why\? → Because\. {2}reward 0\.00\n/);
    assert.match(stdout, /Why\? → Because\. {2}reward 1\.00\n/);
    assert.doesNotMatch(stdout, /right|wrong|held-out +KL/);
  });

  test("has no held-out column or line where it is shown, and a dash in the list", async () => {
    const { daemon } = daemonWith();
    const { stdout } = await sparring(["show", "talk"], { daemon });
    assert.match(stdout, /reward/);
    assert.doesNotMatch(stdout, /held-out/);
    const list = await sparring(["list"], { daemon });
    assert.match(list.stdout, /talk.*–/);
  });

  test("plays again with rewards as numbers", async () => {
    const answer = { text: "So.", stop: "stop" as const, logprob: -1, reward: 1, selfReward: null };
    const { daemon } = daemonWith();
    const replaying = new FakeDaemon({
      "sparring/sample/replay": () => ({ query: "How?", answers: [answer], waitedSeconds: 0, weights: "newest" }),
    });
    for (const [id, run] of daemon.runs) replaying.runs.set(id, run);
    const { stdout } = await sparring(["chat", "talk", "--replay", "1:0"], { daemon: replaying });
    assert.match(stdout, /reward 1\.00/);
  });
});
