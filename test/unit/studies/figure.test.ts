import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { figureSvg } from "../../../daemon/studies/figure/figure.ts";
import { placeLabels } from "../../../daemon/studies/figure/labels.ts";
import { linearScale, logScale } from "../../../daemon/studies/figure/scale.ts";
import { backgrounds, strokes, strokesOf } from "../../../daemon/studies/figure/strokes.ts";
import { selfPlayInstrument } from "../../../daemon/studies/instruments/self-play.ts";
import { lspVsZero } from "../../../daemon/studies/lsp-vs-zero.ts";
import { runData } from "../../../daemon/studies/run-data.ts";
import { plannedRuns, type Study } from "../../../daemon/studies/study.ts";
import { planned, records } from "./observed.ts";

describe("labels", () => {
  const gap = 10;
  const room = [0, 200] as const;
  const wanted = fc.array(fc.double({ min: -50, max: 250, noNaN: true }), { maxLength: 20 });

  test("never overlap, stay in their room, and keep their order", () => {
    fc.assert(
      fc.property(wanted, (places) => {
        const placed = placeLabels(places, gap, room);
        const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
        for (const [i, label] of order.entries()) {
          assert.ok(placed[label]! >= room[0] - 1e-9 && placed[label]! <= room[1] + 1e-9);
          if (i > 0) assert.ok(placed[label]! - placed[order[i - 1]!]! >= gap - 1e-9);
        }
      }),
    );
  });

  test("stay where they are wanted if they don't collide there", () => {
    assert.deepEqual(placeLabels([50, 10, 30], gap, room), [50, 10, 30]);
  });

  test("share the middle where they do", () => {
    assert.deepEqual(placeLabels([50, 50], gap, room), [45, 55]);
    assert.deepEqual(placeLabels([0, 0, 200], gap, room), [0, 10, 200]);
  });
});

describe("axes", () => {
  const range = fc.tuple(
    fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  );

  test("hold their values between the first and the last number, which are few", () => {
    fc.assert(
      fc.property(range, ([low, span]) => {
        const { at, ticks } = linearScale([low, low + span], [100, 0], 5);
        const slack = span * 1e-6;
        assert.ok(ticks[0]! <= low + slack && ticks.at(-1)! >= low + span - slack, `${ticks}`);
        assert.ok(ticks.length >= 2 && ticks.length <= 7, `${ticks}`);
        assert.ok(at(low) >= at(low + span));
        assert.deepEqual([at(ticks[0]!), at(ticks.at(-1)!)], [100, 0]);
      }),
    );
  });

  test("have round numbers", () => {
    assert.deepEqual(linearScale([0, 300], [0, 1], 4).ticks, [0, 100, 200, 300]);
    assert.deepEqual(linearScale([0, 900], [0, 1], 4).ticks, [0, 300, 600, 900]);
    assert.deepEqual(linearScale([0.66, 0.97], [0, 1], 5).ticks, [0.6, 0.7, 0.8, 0.9, 1]);
    assert.deepEqual(linearScale([3, 3], [0, 1], 5).ticks, [3, 4]);
  });

  test("of logarithms have powers of ten, and put what is below at their end", () => {
    const { at, ticks } = logScale([1e-3, 4], [90, 10]);
    assert.deepEqual(ticks, [0.001, 0.01, 0.1, 1, 10]);
    assert.deepEqual([0, -1, 1e-9, 1e-3, 0.1, 10].map(at), [90, 90, 90, 90, 50, 10]);
  });
});

describe("strokes", () => {
  /** Relative luminance, as WCAG 2 defines it. */
  const luminance = (colour: string): number => {
    const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16) / 255);
    const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r!) + 0.7152 * linear(g!) + 0.0722 * linear(b!);
  };
  const contrast = (a: string, b: string): number => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light! + 0.05) / (dark! + 0.05);
  };

  test("can be seen on their background", () => {
    for (const stroke of strokes) {
      for (const mode of ["light", "dark"] as const) {
        const ratio = contrast(stroke[mode], backgrounds[mode]);
        assert.ok(ratio >= 3, `${stroke[mode]} has ${ratio.toFixed(2)}`);
      }
    }
  });

  test("are told apart without colour", () => {
    assert.equal(new Set(strokes.map(({ dashes }) => dashes)).size, strokes.length);
  });

  test("are one for an arm in all figures, and another for every arm of a figure", () => {
    const chosen = strokesOf(lspVsZero);
    for (const { arms } of lspVsZero.groups) {
      const own = arms.map((arm) => chosen.get(arm)!);
      assert.equal(new Set(own).size, arms.length);
      for (const stroke of own) assert.ok(strokes[stroke]);
    }
  });
});

describe("a figure", () => {
  /** Numbers that look like noise, so that nothing in them can be short by luck. */
  const noise = (round: number, i: number): number => Math.abs(Math.sin(round * 12.9898 + i * 78.233));
  const metrics = (round: number, i: number) => ({
    "eval/accuracy": round % 25 === 0 ? noise(round, i) : null,
    "challenger/admitted": noise(round, i + 1),
    "challenger/difficulty": noise(round, i + 2),
    "challenger/kl": noise(round, i + 3),
    "challenger/bigram_distance": noise(round, i + 4),
    "judge/reward_correlation": noise(round, i + 5),
  });
  const runs = plannedRuns(lspVsZero).map((run, i) => {
    const rounds = run.arm.name.endsWith("long") ? 900 : 300;
    return runData(selfPlayInstrument, {
      planned: run,
      rounds,
      records: records(rounds, (round) => metrics(round, i)),
    });
  });

  test("of every group is small, well-formed, and names every arm in every panel", () => {
    for (const group of lspVsZero.groups) {
      const svg = figureSvg(lspVsZero, group, runs);
      assert.ok(svg.length < 150_000, `${group.title}: ${svg.length}`);
      assert.deepEqual(unbalanced(svg), []);
      for (const arm of group.arms) assert.equal(svg.split(`class="n">${arm}</text>`).length - 1, 6, arm);
      assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
    }
  });

  test("of runs that have not begun says so", () => {
    const svg = figureSvg(lspVsZero, lspVsZero.groups[0]!, []);
    assert.equal(svg.split("not measured").length - 1, 6);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  });

  test("writes text that would be markup out", () => {
    const arm = { ...planned().arm, name: `<b a="&">` };
    const study: Study = {
      ...{ name: "s", about: "", base: [], seeds: [1], arms: [arm] },
      instrument: selfPlayInstrument,
      groups: [{ title: "<i>", file: "f", question: "", arms: [arm.name] }],
    };
    const run = runData(selfPlayInstrument, {
      planned: { ...planned(), arm },
      rounds: 30,
      records: records(30, (round) => metrics(round, 0)),
    });
    const svg = figureSvg(study, study.groups[0]!, [run]);
    assert.deepEqual(unbalanced(svg), []);
    assert.doesNotMatch(svg, /<b|<i>/);
  });
});

/** Tags of a document that are not closed in order, or not opened. */
function unbalanced(xml: string): string[] {
  const open: string[] = [];
  for (const [tag, slash, name, attributes] of xml.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*\/?)>/g)) {
    if (slash === "/") {
      if (open.pop() !== name) return [tag];
    } else if (!attributes!.endsWith("/")) open.push(name!);
  }
  const tags = xml.split("<").length - 1;
  const read = [...xml.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*\/?)>/g)].length;
  return tags === read ? open : [`${tags - read} tags that can't be read`];
}
