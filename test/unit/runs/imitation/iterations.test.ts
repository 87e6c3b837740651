/** When iterations begin and end, and what their batches are: pure functions of a small record. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Batches, splitOf } from "../../../../daemon/runs/imitation/batches.ts";
import {
  afterRound,
  type Iteration,
  type IterationPlan,
  iterationOf,
  lastRound,
} from "../../../../daemon/runs/imitation/iterations.ts";

/** Plays a stage from a round on: which iteration each round belongs to, and where it stands after the last. */
function played(
  plan: IterationPlan,
  accuracyOf: (round: number) => number | null = () => null,
  from: { round: number; at: Iteration | undefined } = { round: 0, at: undefined },
): { iterations: number[]; last: number; at: Iteration | undefined } {
  let { round, at } = from;
  const iterations: number[] = [];
  while (round < lastRound(round, at, plan)) {
    round++;
    const iteration = iterationOf(round, at, plan);
    iterations.push(iteration.iteration);
    at = afterRound(iteration, accuracyOf(round), plan);
  }
  return { iterations, last: round, at };
}

const plan = (rounds: number, iterations: number, early?: IterationPlan["early"]): IterationPlan => ({
  rounds,
  iterations,
  early,
});
const counts = (iterations: readonly number[]): number[] => {
  return [...new Set(iterations)].map((each) => iterations.filter((other) => other === each).length);
};

describe("iterations", () => {
  test("divide the rounds, and differ by at most one where that does not come out even", () => {
    assert.deepEqual(counts(played(plan(60, 3)).iterations), [20, 20, 20]);
    assert.deepEqual(counts(played(plan(10, 3)).iterations), [3, 3, 4]);
    assert.deepEqual(counts(played(plan(5, 5)).iterations), [1, 1, 1, 1, 1]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20 }), (rounds, wanted) => {
        const iterations = Math.min(rounds, wanted);
        const lengths = counts(played(plan(rounds, iterations)).iterations);
        assert.equal(lengths.length, iterations);
        assert.equal(
          lengths.reduce((sum, each) => sum + each, 0),
          rounds,
        );
        assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 1);
      }),
    );
  });

  test("a stage that begins in a later round divides the rounds that are left", () => {
    const { iterations, at } = played(plan(160, 3), undefined, { round: 100, at: undefined });
    assert.deepEqual(counts(iterations), [20, 20, 20]);
    assert.equal(at!.first, 141);
  });

  test("a fork with more rounds and iterations has further ones of the same length", () => {
    const parent = played(plan(60, 3));
    const fork = played(plan(80, 4), undefined, { round: 60, at: parent.at });
    assert.deepEqual(fork.iterations, Array(20).fill(4));
    const longer = played(plan(70, 3), undefined, { round: 60, at: parent.at });
    assert.deepEqual(longer.iterations, Array(10).fill(3));
  });

  test("an early stop shortens its iteration and the run, and needs a whole window", () => {
    const early = { accuracy: 0.9, window: 3 };
    const accuracyOf = (round: number): number | null => (round < 5 ? 0.5 : 1);
    const { iterations, last, at } = played(plan(30, 3, early), accuracyOf);
    // Rounds 5–7 fill the window with right answers; the later iterations need three rounds each.
    assert.deepEqual(counts(iterations), [7, 3, 3]);
    assert.equal(last, 13);
    assert.deepEqual(played(plan(30, 3, early), accuracyOf, { round: last, at }).iterations, [], "it stays finished");
    assert.deepEqual(counts(played(plan(9, 3, early), () => null).iterations), [3, 3, 3], "no accuracy, no early stop");
  });

  test("a run that goes on from any of its rounds decides as one that never stopped", () => {
    const setting = fc.record({
      rounds: fc.integer({ min: 3, max: 40 }),
      accuracies: fc.array(fc.constantFrom(0, 0.5, 1, null), { minLength: 41, maxLength: 41 }),
      stop: fc.nat(40),
    });
    fc.assert(
      fc.property(setting, ({ rounds, accuracies, stop }) => {
        const early = plan(rounds, 3, { accuracy: 0.6, window: 2 });
        const accuracyOf = (round: number): number | null => accuracies[round]!;
        const whole = played(early, accuracyOf);
        const first = played({ ...early }, accuracyOf).iterations.slice(0, stop);
        let at: Iteration | undefined;
        for (let round = 1; round <= first.length; round++) {
          at = afterRound(iterationOf(round, at, early), accuracyOf(round), early);
        }
        // As it comes back from a file.
        const restored = at && (JSON.parse(JSON.stringify(at)) as Iteration);
        const rest = played(early, accuracyOf, { round: first.length, at: restored });
        assert.deepEqual([...first, ...rest.iterations], whole.iterations);
      }),
    );
  });
});

describe("batches", () => {
  test("held-out records are never dealt, and at most a tenth", () => {
    const { training, heldOut } = splitOf(95, 100, 7);
    assert.equal(heldOut.length, 9);
    assert.deepEqual(
      [...training, ...heldOut].toSorted((a, b) => a - b),
      Array.from({ length: 95 }, (_, i) => i),
    );
    assert.notDeepEqual([...splitOf(95, 100, 8).heldOut], [...heldOut], "the seed decides");
    assert.equal(splitOf(9, 100, 7).heldOut.length, 0);
  });

  test("an epoch has every record of the iteration once, in a new order each time; parts do not overlap", () => {
    const { training } = splitOf(40, 4, 1);
    const deal = (parts: number, iteration: number, first: number, rounds: number): number[] => {
      const batches = new Batches(training, parts, 6, 1);
      return Array.from({ length: rounds }, (_, k) => batches.batchOf(first + k, { iteration, first })).flatMap(
        ({ records }) => records,
      );
    };
    const sorted = (records: readonly number[]): number[] => records.toSorted((a, b) => a - b);
    const two = deal(1, 1, 1, 12);
    const [one, other] = [two.slice(0, 36), two.slice(36)];
    assert.deepEqual(sorted(one), [...training]);
    assert.deepEqual(sorted(other), [...training]);
    assert.notDeepEqual(one, other);
    assert.notDeepEqual(deal(1, 2, 13, 6), one, "another iteration, another order");
    const parts = [1, 2, 3].map((iteration) => sorted(deal(3, iteration, 1 + 2 * (iteration - 1), 2)));
    assert.deepEqual(sorted(parts.flat()), [...training]);
  });

  test("a batch does not depend on those that were asked for before it", () => {
    const { training } = splitOf(50, 5, 3);
    const inOrder = new Batches(training, 2, 7, 3);
    const place = { iteration: 2, first: 11 };
    const all = Array.from({ length: 9 }, (_, k) => inOrder.batchOf(11 + k, place));
    assert.deepEqual(new Batches(training, 2, 7, 3).batchOf(18, place), all[7]);
    assert.equal(all[4]!.epoch, 28 / 23);
  });
});
