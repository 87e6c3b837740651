/** Agreement against SciPy and scikit-learn, and against made-up worlds in which the truth is known. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Measure, measure } from "../../daemon/judge/agreement/bootstrap.ts";
import {
  type HumanRating,
  type Pair,
  placeOf,
  type RatedAnswer,
  type ScoredAnswer,
} from "../../daemon/judge/agreement/cases.ts";
import { firstAndAgain } from "../../daemon/judge/agreement/raters.ts";
import { resamplingOf } from "../../daemon/judge/agreement/resampling.ts";
import { bias, quadraticKappa, type Statistic, spearman } from "../../daemon/judge/agreement/statistics.ts";
import { rate, ratedByChance, ratedByQueue, type World, worldOf } from "../unit/judge/simulated-rater.ts";
import { pseudoRandom } from "../unit/store/pseudo-random.ts";
import { python } from "./reference.ts";

const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
const names = ["bias", "spearman", "kappa"] as const;
type Of<T> = Record<(typeof names)[number], T>;

function statisticsOf(pairs: readonly Pair[]): Of<Statistic> {
  return { bias: bias(pairs), spearman: spearman(pairs), kappa: quadraticKappa(pairs) };
}

/** @param weighted as agreement does it; otherwise plain statistics of the ratings, as for a sample by chance */
function measured(world: World, ratings: readonly HumanRating[], weighted: boolean): Of<Measure> {
  const rated = firstAndAgain(ratings).first.map((rating): RatedAnswer => {
    return { rating, answer: world.judged(placeOf(rating)) as ScoredAnswer };
  });
  const pairs = rated.map(({ rating, answer }): Pair => ({ judge: answer.score, human: rating.score }));
  const resampling = resamplingOf(rated, world.answers, world.bands);
  return measure(weighted ? resampling : { ...resampling, margins: [] }, statisticsOf(pairs));
}

function truthOf(world: World): Of<number> {
  const pairs = world.answers.map((answer): Pair => ({ judge: answer.score, human: world.human(answer) }));
  const weights = ones(pairs.length);
  const statistics = statisticsOf(pairs);
  return {
    bias: statistics.bias(weights)!,
    spearman: statistics.spearman(weights)!,
    kappa: statistics.kappa(weights)!,
  };
}

/** Every answer of some queries that chance picks. */
function ratedWhole(world: World, queries: number): HumanRating[] {
  const chosen = new Set(
    ratedByChance(world, 400)
      .map(({ round, query }) => `${round}/${query}`)
      .filter((query, i, all) => all.indexOf(query) === i)
      .slice(0, queries),
  );
  return world.answers.filter(({ round, query }) => chosen.has(`${round}/${query}`)).map((each) => rate(world, each));
}

const skip = existsSync(python) || process.env.CI ? false : "run test/parity/setup.sh first";

describe("agreement", () => {
  test("is what SciPy and scikit-learn say", { skip }, () => {
    const random = pseudoRandom(7);
    const lists = [5, 30, 400].flatMap((n) =>
      [0, 1].map((isWhole) =>
        Array.from({ length: n }, (): Pair => {
          const human = Math.floor(8 * random());
          const near = Math.min(7, Math.max(0, human + 4 * random() - 1.3));
          return { judge: isWhole ? Math.round(near) : near, human };
        }),
      ),
    );
    const input = lists.map((pairs) => ({
      judge: pairs.map(({ judge }) => judge),
      human: pairs.map(({ human }) => human),
    }));
    const script = fileURLToPath(new URL("./agreement.py", import.meta.url));
    const theirs = JSON.parse(execFileSync(python, [script], { input: JSON.stringify(input), encoding: "utf8" }));
    for (const [i, pairs] of lists.entries()) {
      const weights = ones(pairs.length);
      const verdicts = pairs.map(({ judge, human }): Pair => {
        return { judge: Math.round(judge) >= 4 ? 1 : 0, human: human >= 4 ? 1 : 0 };
      });
      const ours = {
        spearman: spearman(pairs)(weights)!,
        quadratic: quadraticKappa(pairs)(weights)!,
        verdicts: quadraticKappa(verdicts)(weights)!,
      };
      for (const [name, value] of Object.entries(ours)) {
        assert.ok(Math.abs(value - theirs[i][name]) < 1e-9, `${name} of list ${i}: ${value} and ${theirs[i][name]}`);
      }
    }
  });

  const ways: readonly [string, (world: World) => HumanRating[]][] = [
    ["120 that chance picks", (world) => ratedByChance(world, 120)],
    ["80 that the queue picks", (world) => ratedByQueue(world, 80)],
    ["all answers of 40 queries", (world) => ratedWhole(world, 40)],
  ];
  for (const [what, ratingsOf] of ways) {
    test(`has intervals that hold the truth 95 times of 100: ${what}`, (t) => {
      const worlds = 200;
      const held: Of<number> = { bias: 0, spearman: 0, kappa: 0 };
      for (let seed = 1; seed <= worlds; seed++) {
        const world = worldOf(seed);
        const [truth, measures] = [truthOf(world), measured(world, ratingsOf(world), true)];
        for (const name of names) {
          const each = measures[name];
          assert.ok(each.kind === "estimate");
          if (each.low <= truth[name] && truth[name] <= each.high) held[name]++;
        }
      }
      t.diagnostic(names.map((name) => `${name} ${((100 * held[name]) / worlds).toFixed(1)} %`).join(", "));
      for (const name of names) assert.ok(Math.abs(held[name] - 0.95 * worlds) <= 0.02 * worlds, name);
    });
  }

  /** Mean widths of the intervals over some worlds. */
  const widths = (verified: boolean, ratingsOf: (world: World) => HumanRating[], weighted: boolean): Of<number> => {
    const worlds = 12;
    const sums: Of<number> = { bias: 0, spearman: 0, kappa: 0 };
    for (let seed = 1; seed <= worlds; seed++) {
      const world = worldOf(1000 + seed, verified);
      const measures = measured(world, ratingsOf(world), weighted);
      for (const name of names) {
        const each = measures[name];
        assert.ok(each.kind === "estimate");
        sums[name] += (each.high - each.low) / worlds;
      }
    }
    return sums;
  };
  /** Ratings needed for the same width, of those that the other way needs: widths fall with the root of their number. */
  const needed = (ours: Of<number>, theirs: Of<number>, count: number, of: number): Of<number> => {
    const ratio = (name: keyof Of<number>): number => ((ours[name] / theirs[name]) ** 2 * count) / of;
    return { bias: ratio("bias"), spearman: ratio("spearman"), kappa: ratio("kappa") };
  };
  const inWords = (ratios: Of<number>): string =>
    names.map((name) => `${name} ${(100 * ratios[name]).toFixed(0)} %`).join(", ");

  test("needs at most 60 % of the ratings of plain chance for the same interval, where a verifier can be heard", (t) => {
    const plain = widths(true, (world) => ratedByChance(world, 200), false);
    const ours = widths(true, (world) => ratedByQueue(world, 120), true);
    for (const name of names) assert.ok(ours[name] <= plain[name], `${name}: ${ours[name]} and ${plain[name]}`);
    t.diagnostic(`ratings needed, of those of plain chance: ${inWords(needed(ours, plain, 120, 200))}`);
    const weighted = widths(true, (world) => ratedByChance(world, 120), true);
    t.diagnostic(`of those of chance, weighted alike: ${inWords(needed(ours, weighted, 120, 120))}`);
    const blind = widths(false, (world) => ratedByQueue(world, 120), true);
    t.diagnostic(`without a verifier, of those of plain chance: ${inWords(needed(blind, plain, 120, 200))}`);
  });
});
