import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { resolveConfig } from "../../../daemon/config/load.ts";
import { remainingSeconds } from "../../../daemon/runs/control/eta.ts";
import { RunClock } from "../../../daemon/runs/control/run-clock.ts";
import { SessionProgress } from "../../../daemon/runs/control/session-progress.ts";
import type { RunEvent } from "../../../daemon/runs/events.ts";
import { pageOf } from "../../../daemon/runs/reading/pages.ts";
import type { RoundRecord } from "../../../daemon/store/records.ts";

type Started = Extract<RunEvent, { type: "started" }>;

function started(changes: Partial<Started> = {}): Started {
  const required = {
    "model.path": "builtin:nano",
    "game.task": "addition",
    "game.rounds": 10,
    "algorithm.name": "lsp",
  };
  const run = {
    format: 1 as const,
    id: "mine",
    name: "mine",
    createdAt: "",
    config: { ...resolveConfig(required) },
    lineage: { root: "mine", seed: 1, changes: {} },
    versions: {},
    fingerprint: {},
  };
  return {
    type: "started",
    run,
    dir: "/mine",
    firstRound: 0,
    rounds: 10,
    device: "CPU",
    warnings: [],
    history: [],
    ...changes,
  };
}

function round(number: number, seconds: number, evaluate = 0): RoundRecord {
  const phases = { solve: seconds - evaluate, ...(evaluate > 0 && { evaluate }) };
  return { round: number, finishedAt: "", seconds, phases, metrics: {}, notes: [] };
}

describe("a session's progress", () => {
  test("a snapshot says what is done, what is usual, and what is left", () => {
    let now = 0;
    const progress = new SessionProgress(started(), 5, () => now);
    const before = progress.snapshot();
    assert.deepEqual([before.finished, before.phase, before.remainingSeconds], [null, null, null]);

    progress.accept({ type: "round", record: round(0, 1, 1), rounds: 10, queries: [] });
    for (let i = 1; i <= 4; i++) {
      now += 2000;
      progress.accept({ type: "round", record: round(i, 2), rounds: 10, queries: [] });
    }
    progress.accept({ type: "progress", round: 5, rounds: 10, phase: "solve", done: 0, total: 64 });
    now += 500;
    progress.accept({ type: "progress", round: 5, rounds: 10, phase: "solve", done: 32, total: 64 });
    const { finished, phase, done, phaseSeconds, usualPhaseSeconds, elapsedSeconds, remainingSeconds } =
      progress.snapshot();
    assert.deepEqual([finished, phase, done, phaseSeconds, usualPhaseSeconds], [4, "solve", 32, 0.5, 2]);
    assert.equal(elapsedSeconds, 8.5);
    // Six rounds of 2 s less the half second that the fifth has had, and two evaluations of 1 s.
    assert.equal(remainingSeconds, 13.5);
  });

  test("a session whose engine was started again began when it did", () => {
    let now = 1000;
    const first = new SessionProgress(started(), 5, () => now);
    now += 5000;
    const again = new SessionProgress(started(), 5, () => now, first.beganAt);
    now += 1000;
    assert.equal(again.snapshot().elapsedSeconds, 6);
  });

  test("rounds of earlier sessions count for what is usual, not for what has elapsed", () => {
    const history = [round(0, 1, 1), round(1, 3), round(2, 3)];
    const progress = new SessionProgress(started({ firstRound: 3, history }), 100, () => 0);
    const { round: playing, finished, elapsedSeconds, remainingSeconds } = progress.snapshot();
    assert.deepEqual([playing, finished, elapsedSeconds], [3, 2, 0]);
    // Eight rounds of 3 s, and the last one's evaluation.
    assert.equal(remainingSeconds, 25);
  });

  test("the clock stands still while a run is paused", async () => {
    const clock = new RunClock();
    clock.stop();
    const at = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    clock.stop();
    assert.equal(clock.now(), at);
    clock.start();
    assert.ok(clock.now() - at < 15, "the pause is not counted afterwards either");
    clock.start();
    const later = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(clock.now() > later);
  });
});

describe("the estimate of what is left", () => {
  test("one slow round moves nothing", () => {
    const rounds = Array.from({ length: 20 }, (_, i) => ({
      round: i,
      waited: i === 7 ? 500 : 2,
      evaluationSeconds: 0,
    }));
    assert.equal(remainingSeconds(rounds, 100, 1000, 0), 81 * 2);
  });
  test("is nothing at the end, never negative, and unknown before the first round", () => {
    assert.equal(remainingSeconds([], 10, 5, 3), undefined);
    assert.equal(remainingSeconds([{ round: 0, waited: 1, evaluationSeconds: 1 }], 10, 5, 3), undefined);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            waited: fc.double({ min: 0, max: 100, noNaN: true }),
            share: fc.double({ min: 0, max: 1, noNaN: true }),
          }),
          { minLength: 2, maxLength: 30 },
        ),
        fc.nat(50),
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1000, noNaN: true }),
        (waits, more, every, underway) => {
          const rounds = waits.map(({ waited, share }, i) => ({
            round: i,
            waited,
            evaluationSeconds: i % every === 0 ? waited * share : 0,
          }));
          const left = remainingSeconds(rounds, rounds.length - 1 + more, every, underway)!;
          assert.ok(left >= 0 && Number.isFinite(left));
          if (more === 0) assert.equal(left, 0);
        },
      ),
    );
  });
});

test("a page holds what fits, in order, and at least one item", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1_500_000), { maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (sizes, limit) => {
      const items = sizes.map((size) => "x".repeat(size));
      const page = pageOf(items, limit);
      assert.deepEqual(page, items.slice(0, page.length));
      assert.ok(page.length <= limit);
      if (items.length > 0) assert.ok(page.length >= 1);
      const bytes = page.reduce((sum, item) => sum + item.length + 2, 0);
      if (page.length > 1) assert.ok(bytes <= 2 * 1024 * 1024);
      const next = items[page.length];
      if (next !== undefined && page.length < limit) assert.ok(bytes + next.length + 2 > 2 * 1024 * 1024, "it is full");
    }),
    { numRuns: 50 },
  );
});
