import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { alarmsSchema } from "../../../daemon/config/alarms-section.ts";
import type { Alarm } from "../../../daemon/protocol.ts";
import { AlarmWatch, alarmRecord } from "../../../daemon/runs/alarms/watch.ts";
import { chartOfAlarm, watchedKinds, withThresholds } from "../../../webview/rounds/alarms/alarm-charts.ts";
import { alarmOfPress, layoutAlarms } from "../../../webview/rounds/alarms/alarm-layout.ts";
import { alarmAnnouncement, alarmTitle, sampleName } from "../../../webview/rounds/alarms/alarm-text.ts";
import { alarmRoundFrom, foremost, namings, runAlarms } from "../../../webview/rounds/alarms/run-alarms.ts";
import { chartSpecs } from "../../../webview/rounds/charts/chart-specs.ts";
import { reaching } from "../../../webview/rounds/charts/threshold.ts";
import type { AnswerRecord, QueryRecord, RunDetails } from "../../../webview/rounds/data/records.ts";
import { type RewardRange, rangeText, rewardAxis, rewardText } from "../../../webview/rounds/data/reward-range.ts";
import { answerRemarks, groupRemarks, queryRemarks } from "../../../webview/rounds/queries/remarks.ts";
import { recordedRuns } from "../../bench/alarms/recorded.ts";
import { ringing } from "../../ui/harness/collapsed.ts";
import { additionRecording } from "../../ui/harness/recording.ts";

const alarm = (part: Partial<Alarm>): Alarm => ({
  round: 7,
  kind: "style",
  severity: "warning",
  brief: "34 %",
  sentence: "34 % of the answers to queries that ask for no code look like code, above 30 %.",
  samples: [],
  ...part,
});

describe("an alarm's title", () => {
  test("has who it is about and its key number; one of earlier versions only what it is about", () => {
    const watch = new AlarmWatch(alarmsSchema.parse({}), undefined);
    const metrics = {
      "solver/kl": 0.3,
      "challenger/kl": 1.72,
      "solver/completions/repetitive_ratio": 0.25,
      "solver/completions/code_ratio": 0.5,
      "judge/frac_unscored_reward": 0.31,
      "solver/frac_reward_zero_std": 0.72,
      "challenger/admitted": 0.42,
    };
    const of = (length: number, distance: number) => ({
      ...metrics,
      "solver/completions/mean_length": length,
      "challenger/bigram_distance": distance,
    });
    const rung = Array.from({ length: 31 }, (_, round) =>
      watch.accept({ round, metrics: round <= 10 ? of(50, 0.8) : of(20, 0.4) }).map((one) => alarmRecord(one, [])),
    ).flat();
    assert.deepEqual(rung.map(alarmTitle).sort(), [
      "KL Challenger 1.72",
      "admission 42 %",
      "code style 50 %",
      "contrast 72 %",
      "diversity 85 %",
      "length Solver ÷ 2.2",
      "repetition 25 %",
      "unscored 31 %",
    ]);
    assert.equal(alarmTitle({ kind: "kl" }), "KL");
    const odd = alarm({ brief: "\u202e1", sentence: "\u202eesrever" });
    assert.equal(alarmTitle(odd), "code style ‹U+202E›1", "a record may be a stranger's");
    assert.equal(alarmAnnouncement(odd), "Warning in round 7: ‹U+202E›esrever");
  });

  test("is found for every alarm of the recorded runs that collapsed", () => {
    const rung = recordedRuns()
      .filter(({ isDegenerate }) => isDegenerate)
      .flatMap(ringing);
    assert.ok(rung.some(({ kind }) => kind === "judge"));
    for (const one of rung) assert.match(alarmTitle(one), /\d/, one.sentence);
  });
});

describe("alarms on the timeline", () => {
  const rounds = fc.array(fc.nat(10_000), { maxLength: 300 }).map((some) => some.sort((a, b) => a - b));
  const all = fc.tuple(rounds, fc.nat(10_000), fc.integer({ min: 200, max: 1400 })).map(([some, selected, width]) => ({
    alarms: some.map((round, i) => alarm({ round, severity: i % 3 === 0 ? "information" : "warning" })),
    selected,
    width,
  }));
  const at = (width: number) => (round: number) => (round / 10_000) * width;

  test("are each in one mark, and no label lies on another or on a mark", () => {
    fc.assert(
      fc.property(all, ({ alarms, selected, width }) => {
        const marks = layoutAlarms(alarms, at(width), width, selected);
        assert.deepEqual(
          marks.flatMap((mark) => mark.alarms),
          alarms,
        );
        const spans = marks.flatMap(({ x, label }): (readonly [number, number])[] => {
          const mark = [x - 6, x + 6] as const;
          if (!label) return [mark];
          const size = 6 * label.text.length;
          return [mark, label.side === "right" ? [x + 8, x + 8 + size] : [x - 8 - size, x - 8]];
        });
        for (const [i, [left, right]] of spans.entries()) {
          assert.ok(spans.slice(0, i).every(([from, to]) => right <= from + 1e-9 || left >= to - 1e-9));
        }
        const labels = marks.flatMap(({ x, label }) => (label ? [{ x, ...label }] : []));
        for (const { x, text, side } of labels) {
          assert.ok(side === "right" ? x + 8 + 6 * text.length <= width : x - 8 - 6 * text.length >= 0);
        }
      }),
    );
  });

  test("say how many stand together, and each press goes to the next of them", () => {
    const alarms = [alarm({ round: 10, severity: "information" }), alarm({ round: 11 }), alarm({ round: 13 })];
    const [mark] = layoutAlarms(alarms, (round) => round, 500, 0);
    assert.equal(mark!.label?.text, "11 code style 34 % +2");
    assert.deepEqual(
      [0, 10, 11, 13].map((selected) => alarmOfPress(mark!, selected).round),
      [11, 11, 13, 10],
    );
  });

  test("give way to the selected round's label, then to warnings'", () => {
    const alarms = [alarm({ round: 0 }), alarm({ round: 14, severity: "information" }), alarm({ round: 28 })];
    const labelled = (selected: number) =>
      layoutAlarms(alarms, (round) => round, 170, selected).flatMap(({ label, first }) => (label ? [first.round] : []));
    assert.deepEqual(labelled(14), [28]);
    const close = [alarm({ round: 40, severity: "information" }), alarm({ round: 60 })];
    const texts = (selected: number) =>
      layoutAlarms(close, (round) => round, 190, selected).map(({ label }) => label?.text);
    assert.deepEqual(texts(60), ["40", "60 code style 34 %"]);
  });
});

test("alarms are found by their round, before and after any other", () => {
  const some = runAlarms([alarm({ round: 3 }), alarm({ round: 9, kind: "kl" }), alarm({ round: 9 })]);
  assert.deepEqual(some.rounds, [3, 9]);
  assert.equal(some.byRound.get(9)?.length, 2);
  assert.deepEqual(
    [alarmRoundFrom(some, 3, -1), alarmRoundFrom(some, 3, 1), alarmRoundFrom(some, 5, -1), alarmRoundFrom(some, 9, 1)],
    [undefined, 9, 3, undefined],
  );
});

test("a warning comes before information, and what has samples before what has none", () => {
  const samples = [{ query: 1 }];
  const information = alarm({ severity: "information", samples });
  const bare = alarm({});
  const shown = alarm({ samples });
  assert.equal(foremost([information, bare, shown]), shown);
  assert.equal(foremost([information, bare]), bare);
  assert.equal(foremost([]), undefined);
});

/** A run as its config has it. */
function runWith(algorithm: string, config: object): RunDetails {
  const { details } = additionRecording();
  return { ...details, overview: { ...details.overview, algorithm }, config: { ...config } };
}
const verified = { judge: { reward: { kind: "verifier" } } };
const modelled = { judge: { reward: { kind: "reward-model" } } };

describe("an alarm's chart", () => {
  test("is that of what it looks at", () => {
    const [lsp, zero] = [runWith("lsp", verified), runWith("lsp-zero", modelled)];
    const charts = (run: RunDetails) =>
      (["kl", "length", "judge", "contrast", "unscored", "admission"] as const).map((kind) => chartOfAlarm(kind, run));
    assert.deepEqual(charts(lsp), ["kl", "length", "self-reward", "reward", "self-reward", "queries"]);
    assert.deepEqual(charts(zero), ["kl", "length", "reward", "reward", "reward", "queries"]);
  });

  test("has a threshold only where it draws what is compared with it, and the alarm is on", () => {
    const thresholds = (alarms: object) =>
      withThresholds(chartSpecs(5), runWith("lsp", { alarms: alarmsSchema.parse(alarms) })).flatMap(
        ({ id, threshold }) => (threshold ? [{ id, ...threshold }] : []),
      );
    assert.deepEqual(thresholds({ admission: { below: 0.4 } }), [
      { id: "queries", value: 0.4, label: "alarm below 40 % admitted" },
    ]);
    assert.deepEqual(thresholds({ action: "off" }), []);
    assert.deepEqual(thresholds({ admission: { action: "off" } }), []);
    assert.equal(thresholds({ action: "off", admission: { action: "warn" } }).length, 1);
  });

  test("is stretched to a threshold that is near, and no farther", () => {
    assert.deepEqual(reaching([0.6, 1], 0.52), [0.52, 1]);
    assert.deepEqual(reaching([0.6, 1], 0.4), [0.6, 1]);
    assert.deepEqual(reaching([0, 1], 0.5), [0, 1]);
    assert.deepEqual(reaching([0, 4], 4.5), [0, 4.5]);
  });
});

test("a run watches what is not off and has something to look at", () => {
  const on = { alarms: alarmsSchema.parse({}) };
  assert.equal(watchedKinds(runWith("lsp", { ...verified, ...on })).length, 9);
  assert.ok(!watchedKinds(runWith("lsp-zero", { ...verified, ...on })).includes("judge"));
  const grpo = watchedKinds(runWith("grpo", { ...modelled, ...on }));
  assert.ok(grpo.includes("judge") && !grpo.includes("diversity") && !grpo.includes("admission"));
  assert.deepEqual(watchedKinds(runWith("lsp", { ...verified, alarms: alarmsSchema.parse({ action: "off" }) })), []);
  assert.deepEqual(watchedKinds(runWith("lsp", verified)), []);
});

const answer = (part: Partial<AnswerRecord>): AnswerRecord => ({
  text: "5",
  tokens: [1],
  logprobs: [-1],
  referenceLogprobs: [-1],
  stop: "stop",
  reward: 1,
  selfReward: 7,
  advantage: 0.5,
  ...part,
});
const query = (part: Partial<QueryRecord>): QueryRecord => ({
  index: 0,
  text: "2+3",
  tokens: [],
  logprobs: [],
  referenceLogprobs: [],
  admitted: true,
  V: 0.5,
  VQ: null,
  advantage: 0,
  answers: [],
  ...part,
});

describe("samples that an alarm names", () => {
  test("are called by their numbers in the table", () => {
    const queries = [
      query({ index: 4 }),
      query({ index: 1 }),
      query({ index: 0, admitted: false }),
      query({ index: 2, admitted: false }),
    ];
    assert.deepEqual(
      [{ query: 1, answer: 3 }, { query: 4 }, { query: 2 }].map((sample) => sampleName(sample, queries)),
      ["query 2, answer 4", "query 1", "not admitted, number 2"],
    );
  });

  test("have its flag, once and no less alarming than a remark of their own", () => {
    const flat = query({ answers: [answer({ advantage: 0 }), answer({ advantage: 0, stop: "length" })] });
    const contrast = alarm({ kind: "contrast", severity: "information", samples: [{ query: 0 }] });
    const style = alarm({ samples: [{ query: 0, answer: 1 }] });
    const named = namings([contrast, style]).get(0)!;
    const told = (remarks: readonly { flag: string; alarming: boolean }[]) =>
      remarks.map(({ flag, alarming }) => `${flag}${alarming ? "!" : ""}`);
    assert.deepEqual(told(queryRemarks(flat, true, named)), ["code!", "clip", "0-var"]);
    assert.deepEqual(told(groupRemarks(flat, named)), ["0-var"]);
    assert.deepEqual(told(answerRemarks(flat.answers[1]!, flat, true, [style])), ["code!", "clip"]);
    const unscored = answer({ reward: null, unscored: "it timed out" });
    const [remark] = answerRemarks(unscored, flat, true, [alarm({ kind: "unscored" })]);
    assert.equal(remark!.sentence, "Unscored: it timed out. It counts nowhere, not as 0, and teaches nothing.");
  });
});

describe("rewards without bounds", () => {
  const unit: RewardRange = { low: 0, high: 1 };
  const logits: RewardRange = { low: null, high: null };

  test("are said to be so, and drawn between the least and the greatest of the round", () => {
    assert.deepEqual([unit, logits, { low: -2, high: 2 }, { low: 0, high: null }].map(rangeText), [
      "0–1",
      "any value",
      "−2 to 2",
      "at least 0",
    ]);
    const queries = [query({ answers: [answer({ reward: -3 }), answer({ reward: 5 }), answer({ reward: null })] })];
    assert.deepEqual(rewardAxis(logits, queries), [-3, 5]);
    assert.deepEqual(rewardAxis({ low: 0, high: null }, queries), [0, 5]);
    assert.deepEqual(rewardAxis(unit, queries), [0, 1]);
    assert.deepEqual(rewardAxis(logits, [query({ answers: [answer({ reward: 2 })] })]), [1.5, 2.5]);
    assert.deepEqual(rewardAxis(logits, []), [0, 1]);
    assert.deepEqual(
      [rewardText(-12.345, logits), rewardText(0.5, unit), rewardText(null, unit)],
      ["−12.3", "0.50", "–"],
    );
  });

  test("are no limits of their charts' axes", () => {
    const limits = (range: RewardRange) => chartSpecs(5, range).map((spec) => spec.limits);
    assert.deepEqual(limits(logits)[0], { min: undefined, max: undefined });
    assert.deepEqual(limits(logits)[2], {});
    assert.deepEqual(
      limits(unit),
      chartSpecs(5).map((spec) => spec.limits),
    );
  });
});
