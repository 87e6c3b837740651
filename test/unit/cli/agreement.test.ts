import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResultOf } from "../../../daemon/protocol.ts";
import { sparring } from "./fake-cli.ts";
import { FakeDaemon } from "./fake-daemon.ts";
import { fakeId } from "./fake-run.ts";

type Agreement = ResultOf<"sparring/judge/agreement">;

const few = { kind: "too-few", n: 9, of: 30 } as const;
const estimate = (value: number) => ({ kind: "estimate", value, low: value - 0.1, high: value + 0.1 }) as const;
const scores = { same: estimate(0.5), bias: estimate(1.04), spearman: estimate(0.62), kappa: estimate(0.47) };
const tooFew = { ratings: 9, queries: 9, same: few, bias: few, spearman: few, kappa: few };

const known: Agreement = {
  compared: "The self-reward is compared with people's scores.",
  overall: { ratings: 148, queries: 120, ...scores },
  criteria: Array.from({ length: 7 }, (_, i) => ({
    ...{ criterion: i + 1, ratings: 148, queries: 120, same: estimate(0.8), bias: estimate(0.05) },
    kappa: i === 6 ? { kind: "no-interval" as const, value: null, why: "all scores are the same" } : estimate(0.4),
  })),
  reliability: [
    { judge: 6, ratings: 60, human: estimate(4.2) },
    { judge: 7, ratings: 3, human: { kind: "too-few", n: 3, of: 10 } },
  ],
  byRounds: [
    { first: 1, last: 150, ratings: 139, queries: 111, ...scores },
    { first: 151, last: 300, ...tooFew },
  ],
  byKind: [{ kind: "code", ...tooFew }],
  raters: {
    retest: [{ rater: "ada", answers: 12, same: estimate(0.75), kappa: estimate(0.9) }],
    pairs: [{ raters: ["ada", "bo\u001bb"], answers: 9, same: few, kappa: few }],
    alpha: { answers: 9, measure: few },
  },
  left: { notBlind: 2, skipped: 1, unjudged: 0 },
  health: [
    { metric: "judge/rubric/frac_sum_differs", share: 0.031 },
    { metric: "judge/rubric/frac_cut", share: 0 },
  ],
};

const nothing: Agreement = {
  ...known,
  overall: { ...tooFew, ratings: 0, queries: 0 },
  byKind: [],
  reliability: [],
  left: { notBlind: 2, skipped: 0, unjudged: 0 },
};

function daemonWith(result: Agreement): FakeDaemon {
  const daemon = new FakeDaemon({ "sparring/judge/agreement": () => result });
  daemon.add();
  return daemon;
}

describe("sparring agreement", () => {
  const show = (result: Agreement, ...more: string[]) =>
    sparring(["agreement", "last", ...more], { daemon: daemonWith(result), columns: 110, env: { NO_COLOR: "1" } });

  test("shows what is known with its interval, and how few ratings there are where it is not", async () => {
    const { code, stdout } = await show(known);
    assert.equal(code, 0);
    const line = (start: string): string[] =>
      stdout
        .split("\n")
        .find((each) => each.startsWith(start))!
        .split(/ {2,}/);
    assert.deepEqual(line("all"), [
      "all",
      "148",
      "50 % [40 %, 60 %]",
      "+1.04 [+0.94, +1.14]",
      "0.47 [0.37, 0.57]",
      "0.62 [0.52, 0.72]",
    ]);
    assert.deepEqual(line("code"), ["code", "9", ...Array<string>(4).fill("too few: 9 of 30")]);
    assert.match(stdout, /\nThe self-reward is compared with people's scores\.\n/);
    assert.deepEqual(line("151 – 300").slice(0, 3), ["151 – 300", "9", "too few: 9 of 30"]);
    assert.deepEqual(line("7 Form and style"), [
      "7 Form and style",
      "148",
      "80 % [70 %, 90 %]",
      "+0.05 [-0.05, +0.15]",
      "undefined",
    ]);
    assert.deepEqual(line("ada, again"), ["ada, again", "12", "75 % [65 %, 85 %]", "0.90 [0.80, 1.00]"]);
    assert.match(stdout, /ada, bo\\u\{1b\}b +9 +too few: 9 of 30/);
    assert.match(stdout, /\n +6 +60 +4\.2 \[4\.1, 4\.3\]\n +7 +3 +too few: 3 of 10\n/);
    assert.match(stdout, /Left out: 2 not blind, 1 skipped\./);
    assert.match(stdout, /judge\/rubric\/frac_sum_differs +3\.1 %\n$/);
  });
  test("says how to rate where nobody has", async () => {
    const { stdout } = await show(nothing);
    assert.match(
      stdout.replaceAll("\n", " "),
      new RegExp(
        `^Nobody has rated these answers of ${fakeId} blind\\. \\(2 ratings .*\\) \`.* rate ${fakeId}\` begins\\.`,
      ),
    );
    assert.match(stdout, /frac_sum_differs/, "the judge's health needs no ratings");
  });
  test("asks for rounds and a rater, and prints JSON", async () => {
    const { stdout, calls } = await show(known, "--first", "3", "--last", "9", "--rater", "ada", "--json");
    assert.deepEqual(JSON.parse(stdout), known);
    assert.deepEqual(calls.at(-1), ["sparring/judge/agreement", { run: fakeId, first: 3, last: 9, rater: "ada" }]);
    const one = await sparring(["agreement", "last@4"], { daemon: daemonWith(known) });
    assert.deepEqual(one.calls.at(-1)![1], { run: fakeId, first: 4, last: 4 });
  });
  test("refuses rounds that exclude each other", async () => {
    assert.equal((await show(known, "--first", "9", "--last", "3")).code, 2);
    const { code } = await sparring(["agreement", "last@4", "--last", "9"], { daemon: daemonWith(known) });
    assert.equal(code, 2);
  });
});
