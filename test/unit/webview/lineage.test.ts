import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DetailReader } from "../../../webview/lineage/details.ts";
import { factsAt } from "../../../webview/lineage/facts.ts";
import { changesOf, inOrder, type LineageRun, lineageRun, noDetails, wayTo } from "../../../webview/lineage/family.ts";
import { layoutOf } from "../../../webview/lineage/layout.ts";
import { type Axis, roundScale } from "../../../webview/lineage/scale.ts";
import { moved, placeOf, roundsOf, standing, weightsOf } from "../../../webview/lineage/selection.ts";
import { overview } from "../../ui/fakes/overview.ts";

/** Some runs, each a root or a fork of an earlier one at one of its rounds, in any order. */
const family: fc.Arbitrary<LineageRun[]> = fc
  .array(
    fc.record({
      parent: fc.option(fc.nat(), { nil: undefined, freq: 6 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      rounds: fc.nat({ max: 400 }),
      more: fc.nat({ max: 400 }),
      changes: fc.nat({ max: 5 }),
      evaluated: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((specs) => {
    const runs: LineageRun[] = [];
    for (const [i, { parent, at, rounds, more, changes, evaluated }] of specs.entries()) {
      const from = parent === undefined ? undefined : runs[parent % Math.max(1, runs.length)];
      const start = from ? from.start + Math.floor(at * (from.end - from.start)) : 0;
      const end = start + rounds;
      runs.push({
        ...lineageRun(
          overview({
            id: `r${i}`,
            round: end,
            rounds: end + more,
            ...(from && { parent: { run: from.id, round: start } }),
          }),
          noDetails,
        ),
        checkpoints: rounds > 10 ? [{ round: start + 5, bytes: 1 }] : [],
        changes: Array.from({ length: changes }, (_, n) => ({ key: `k${n}`, from: "0", to: "1" })),
        accuracy: evaluated ? [{ round: start, value: 0.5 }] : [],
      });
    }
    return runs;
  })
  .chain((runs) => fc.shuffledSubarray(runs, { minLength: runs.length }));

const widths = fc.integer({ min: 300, max: 2000 });
const axes = fc.constantFrom<Axis>("even", "root");

describe("the layout of a lineage", () => {
  test("gives every run one lane, below its parent's, and lanes share no row", () => {
    fc.assert(
      fc.property(family, widths, (runs, width) => {
        const scale = roundScale(Math.max(...runs.map(({ planned }) => planned)), 44, width - 58, "even");
        const { lanes, height } = layoutOf(inOrder(runs), scale, width);
        assert.deepEqual(lanes.map(({ run }) => run.id).sort(), runs.map(({ id }) => id).sort());
        let bottom = 0;
        for (const lane of lanes) {
          assert.equal(lane.top, bottom);
          bottom = lane.top + lane.height;
          const labelBottom = lane.label.top + 14 * lane.label.changes + 19;
          assert.ok(lane.label.top >= lane.top && labelBottom <= lane.line, "a label stands above its line");
          assert.ok(lane.line < bottom);
          if (lane.chart) assert.ok(lane.chart.top > lane.line && lane.chart.top + lane.chart.height <= bottom);
          assert.ok(lane.label.left >= 0 && lane.label.left + lane.label.width <= width);
          const parent = lanes.find(({ run }) => run.id === lane.run.parent?.run);
          if (parent) assert.ok(parent.top < lane.top);
        }
        assert.ok(height >= bottom);
      }),
    );
  });

  test("has no branch cross the line of another run", () => {
    fc.assert(
      fc.property(family, widths, axes, (runs, width, axis) => {
        const scale = roundScale(Math.max(...runs.map(({ planned }) => planned)), 44, width - 58, axis);
        const { lanes, branches } = layoutOf(inOrder(runs), scale, width);
        for (const { to, x, from, down } of branches) {
          const passed = lanes.filter(({ line, run }) => line > from && line < down && run.id !== to);
          for (const { run } of passed) assert.ok(scale.x(run.start) >= x, `${to} crosses ${run.id}`);
        }
      }),
    );
  });

  test("keeps runs whose parent is gone, as roots at their round", () => {
    const orphan = lineageRun(
      overview({ id: "a", round: 50, rounds: 60, parent: { run: "gone", round: 40 } }),
      noDetails,
    );
    const [placed] = inOrder([orphan]);
    assert.equal(placed?.parent, undefined);
    assert.equal(placed?.run.start, 40);
    assert.deepEqual(
      wayTo([orphan], "a").map(({ id }) => id),
      ["a"],
    );
  });
});

describe("the scale of rounds", () => {
  test("never falls, stays inside, and its ticks leave room for their labels", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20_000 }),
        widths,
        axes,
        fc.array(fc.nat({ max: 20_000 })),
        (last, width, axis, rounds) => {
          const { x, ticks } = roundScale(last, 44, width - 58, axis);
          const inside = rounds.filter((round) => round <= last).sort((a, b) => a - b);
          const xs = inside.map(x);
          assert.ok(xs.every((each, i) => each >= 44 && each <= width - 58 && (i === 0 || each >= xs[i - 1]!)));
          assert.equal(ticks[0], 0);
          assert.ok(ticks.every((tick) => tick <= Math.max(1, last)));
          for (const [i, tick] of ticks.entries()) {
            if (i > 1) assert.ok(x(tick) - x(ticks[i - 1]!) >= 55, `${ticks[i - 1]} and ${tick}`);
          }
        },
      ),
    );
  });
});

describe("the selection", () => {
  const run = lineageRun(overview({ id: "a", state: "running", round: 12, rounds: 30 }), {
    ...noDetails,
    checkpoints: [
      { round: 5, bytes: 1 },
      { round: 10, bytes: 1 },
    ],
  });
  const fork = lineageRun(overview({ id: "b", round: 25, rounds: 25, parent: { run: "a", round: 10 } }), {
    ...noDetails,
    checkpoints: [
      { round: 20, bytes: 1 },
      { round: 25, bytes: 1 },
    ],
  });
  const placed = inOrder([fork, run]);

  test("moves along a run and to the nearest point of the next", () => {
    assert.deepEqual(roundsOf(run), [0, 5, 10, 12]);
    assert.deepEqual(moved(placed, { run: "a", round: 10 }, "ArrowRight"), { run: "a", round: 12 });
    assert.deepEqual(moved(placed, { run: "a", round: 12 }, "ArrowRight"), { run: "a", round: 12 });
    assert.deepEqual(moved(placed, { run: "a", round: 12 }, "Home"), { run: "a", round: 0 });
    assert.deepEqual(moved(placed, { run: "a", round: 12 }, "ArrowDown"), { run: "b", round: 20 });
    assert.deepEqual(moved(placed, { run: "b", round: 20 }, "ArrowUp"), { run: "a", round: 12 });
    assert.deepEqual(moved(placed, { run: "a", round: 12 }, "ArrowUp"), { run: "a", round: 12 });
  });

  test("names weights as the protocol does", () => {
    assert.deepEqual(weightsOf(run, 0), "reference");
    assert.deepEqual(weightsOf(run, 5), { checkpoint: 5 });
    assert.deepEqual(weightsOf(run, 12), "current");
    assert.deepEqual(placeOf(run, 12), { run: "a" });
    assert.deepEqual(placeOf(fork, 25), { run: "b", round: 25 });
    const waiting = lineageRun(
      overview({ id: "c", state: "queued", round: null, rounds: 30, parent: { run: "a", round: 5 } }),
      noDetails,
    );
    assert.equal(weightsOf(waiting, 5), "current");
  });

  test("stays at a point that is there: the nearest round, or the first run", () => {
    assert.deepEqual(standing(placed, { run: "a", round: 6 }), { run: "a", round: 5 });
    assert.deepEqual(standing(placed, { run: "b" }), { run: "b", round: 25 });
    assert.deepEqual(standing(placed, { run: "gone", round: 6 }), { run: "a", round: 12 });
    assert.equal(standing([], undefined), undefined);
  });

  test("always lands on a point of the runs", () => {
    const keys = fc.array(fc.constantFrom("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"));
    fc.assert(
      fc.property(family, keys, (runs, all) => {
        const order = inOrder(runs);
        const end = all.reduce((at, key) => moved(order, at, key), standing(order, undefined)!);
        assert.ok(roundsOf(runs.find(({ id }) => id === end.run)!).includes(end.round));
      }),
    );
  });
});

describe("what is said of a run", () => {
  test("changes keep their exact values", () => {
    assert.deepEqual(changesOf({ "optimizer.lr": [0.0001, 3e-7], judge: [{ a: 1 }, null], name: ["lsp", "grpo"] }), [
      { key: "optimizer.lr", from: "0.0001", to: "3e-7" },
      { key: "judge", from: '{"a":1}', to: "unset" },
      { key: "name", from: "lsp", to: "grpo" },
    ]);
  });

  test("its state says the round where that matters", () => {
    const words = (facts: Parameters<typeof overview>[0]): string => lineageRun(overview(facts), noDetails).words;
    assert.equal(words({ id: "a", state: "running", round: 311, rounds: 500 }), "running, round 312 of 500");
    assert.equal(
      words({ id: "a", state: "interrupted", round: 287, rounds: 500 }),
      "interrupted, resumes at round 288",
    );
    assert.equal(words({ id: "a", state: "queued", round: null, rounds: 9, queuePlace: 2 }), "queued, place 2");
    assert.equal(words({ id: "a", state: "finished", round: 9, rounds: 9 }), "finished");
  });

  test("facts are of the round, held-out accuracy of the newest evaluation up to it", () => {
    const series = {
      rounds: [10, 11, 12],
      series: {
        "eval/accuracy": [0.5, null, 0.9],
        "eval/tasks": [200, null, 200],
        "solver/reward": [null, 0.4, 0.6],
      },
      alarms: [],
    };
    const facts = factsAt(series, 11);
    assert.equal(facts.heldOut?.round, 10);
    assert.ok(facts.heldOut!.estimate.low < 0.5 && facts.heldOut!.estimate.low > 0.42);
    assert.deepEqual(
      facts.rows.map(({ label, value }) => [label, value]),
      [["R, Solver", 0.4]],
    );
    assert.equal(factsAt(series, 9).heldOut, undefined);
  });
});

describe("the reader of details", () => {
  test("reads a few at a time, and once more what is wanted meanwhile", async () => {
    const releases: (() => void)[] = [];
    const asked: string[] = [];
    const found: string[] = [];
    const reader = new DetailReader(
      async (run) => {
        asked.push(run);
        await new Promise<void>((resolve) => releases.push(resolve));
        return noDetails;
      },
      (run) => found.push(run),
    );
    reader.want(["a", "b", "c", "d", "e", "f"]);
    assert.deepEqual(asked, ["a", "b", "c", "d"]);
    reader.want(["a"]);
    releases[0]!();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(found, ["a"]);
    assert.deepEqual(asked, ["a", "b", "c", "d", "e"]);
    while (found.length < 7) {
      for (const release of releases) release();
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual(asked.slice(5).sort(), ["a", "f"]);
  });

  test("goes on after a run that can't be read", async () => {
    const found: string[] = [];
    const reader = new DetailReader(
      async (run) => {
        if (run === "a") throw new Error("corrupt");
        return noDetails;
      },
      (run) => found.push(run),
    );
    reader.want(["a", "b", "c", "d", "e", "f"]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(found, ["b", "c", "d", "e", "f"]);
  });
});
