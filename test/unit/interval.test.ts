import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { share, winRate } from "../../daemon/interval.ts";

const count = fc.integer({ min: 0, max: 500 });
const tally = fc
  .record({ wins: count, ties: count, losses: count })
  .filter(({ wins, ties, losses }) => wins + ties + losses > 0);
const close = (a: number, b: number): void => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

/** A generator of uniform numbers (mulberry32): the same in every test run. */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("the interval of a share", () => {
  test("is Wilson's, as Newcombe (1998) tabulates it", () => {
    // Method 3 of the paper's table I: 81/263, 15/148, 0/20, 1/29.
    for (const [successes, trials, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const estimate = share(successes, trials);
      assert.deepEqual([estimate.low.toFixed(4), estimate.high.toFixed(4)], [low.toFixed(4), high.toFixed(4)]);
    }
  });

  test("of a win rate contains the estimate, within 0 and 1", () => {
    fc.assert(
      fc.property(tally, (counts) => {
        const { value, low, high } = winRate(counts);
        assert.ok(0 <= low && low <= value && value <= high && high <= 1);
        assert.ok(high > low);
        close(value, (counts.wins + counts.ties / 2) / (counts.wins + counts.ties + counts.losses));
      }),
    );
  });

  test("is mirrored when the sides are swapped", () => {
    fc.assert(
      fc.property(tally, ({ wins, ties, losses }) => {
        const [ours, theirs] = [winRate({ wins, ties, losses }), winRate({ wins: losses, ties, losses: wins })];
        close(ours.value, 1 - theirs.value);
        close(ours.low, 1 - theirs.high);
        close(ours.high, 1 - theirs.low);
      }),
    );
  });

  test("gets narrower with more of the same, and where ties replace wins and losses", () => {
    const width = (counts: Parameters<typeof winRate>[0]): number => winRate(counts).high - winRate(counts).low;
    fc.assert(
      fc.property(tally, fc.integer({ min: 2, max: 9 }), ({ wins, ties, losses }, k) => {
        assert.ok(width({ wins: k * wins, ties: k * ties, losses: k * losses }) < width({ wins, ties, losses }));
        if (wins > 0 && losses > 0) {
          assert.ok(width({ wins: wins - 1, ties: ties + 2, losses: losses - 1 }) < width({ wins, ties, losses }));
        }
      }),
    );
  });

  test("covers the truth about 95 times in 100, by simulation", () => {
    const uniform = uniforms(1);
    for (const [n, win, tie] of [
      [20, 0.5, 0],
      [20, 0.3, 0.4],
      [60, 0.1, 0.85],
      [100, 0.6, 0.3],
      [200, 0.02, 0.96],
    ] as const) {
      const truth = win + tie / 2;
      let covered = 0;
      const trials = 4000;
      for (let trial = 0; trial < trials; trial++) {
        const counts = { wins: 0, ties: 0, losses: 0 };
        for (let i = 0; i < n; i++) {
          const u = uniform();
          counts[u < win ? "wins" : u < win + tie ? "ties" : "losses"]++;
        }
        const { low, high } = winRate(counts);
        if (low <= truth && truth <= high) covered++;
      }
      const coverage = covered / trials;
      assert.ok(coverage > 0.93 && coverage < 0.99, `n ${n}, win ${win}, tie ${tie}: ${coverage}`);
    }
  });

  test("of nothing is an error", () => assert.throws(() => share(0, 0), RangeError));
});
