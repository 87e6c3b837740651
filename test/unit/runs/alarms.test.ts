import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pausingProblem } from "../../../daemon/runs/alarms/pausing.ts";
import { samplesOf } from "../../../daemon/runs/alarms/samples.ts";
import { watchedJudge } from "../../../daemon/runs/alarms/settings.ts";
import { AlarmWatch, type Ringing } from "../../../daemon/runs/alarms/watch.ts";
import type { AlarmRecord } from "../../../daemon/store/records.ts";
import { alarmTable, defaultSettings, runTable } from "../../bench/alarms/measure.ts";
import { freshFile, recordedRuns } from "../../bench/alarms/recorded.ts";
import { answerOf, queryOf, recordOf } from "../documents/records.ts";

const settings = { ...defaultSettings(), window: 3 };

/** The alarms of made-up rounds, by round; round 0 comes before them. */
function ringing(
  columns: Readonly<Record<string, readonly (number | null)[]>>,
  judge: ConstructorParameters<typeof AlarmWatch>[1] = undefined,
): [round: number, ...kinds: string[]][] {
  const watch = new AlarmWatch(settings, judge);
  watch.accept({ round: 0, metrics: { "eval/accuracy": 0.5 } });
  const count = Math.max(...Object.values(columns).map((column) => column.length));
  return Array.from({ length: count }, (_, i) => i + 1).flatMap((round): [number, ...string[]][] => {
    const metrics = Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, column[round - 1] ?? null]),
    );
    const rung = watch.accept({ round, metrics });
    for (const { kind, reading } of rung) assert.equal(reading.metric, kind === "judge" ? judge!.metric : undefined);
    const kinds = rung.map(({ kind }) => kind);
    return kinds.length === 0 ? [] : [[round, ...kinds]];
  });
}

const steady = (value: number, count: number): number[] => Array.from({ length: count }, () => value);

describe("alarms", () => {
  test("docs/alarms.md has the tables that the recorded runs give", () => {
    const document = readFileSync("docs/alarms.md", "utf8");
    const settings = defaultSettings();
    assert.ok(document.includes(alarmTable(recordedRuns(), settings)));
    assert.ok(document.includes(runTable(recordedRuns(freshFile), settings)));
    assert.ok(document.includes(alarmTable(recordedRuns(freshFile), settings)));
  });

  test("each begins where its mean passes its threshold", () => {
    const begins = (metric: string, before: number, after: number): unknown =>
      ringing({ [metric]: [...steady(before, 3), ...steady(after, 3)] });
    assert.deepEqual(begins("solver/kl", 0, 2), [[6, "kl"]]);
    assert.deepEqual(begins("challenger/kl", 0, 9), [[4, "kl"]]);
    assert.deepEqual(begins("solver/completions/mean_length", 10, 25), [[5, "length"]]);
    assert.deepEqual(begins("challenger/completions/mean_length", 10, 4), [[6, "length"]]);
    assert.deepEqual(begins("solver/completions/repetitive_ratio", 0, 1), [[4, "repetition"]]);
    assert.deepEqual(begins("challenger/bigram_distance", 0.8, 0.7), [[6, "diversity"]]);
    assert.deepEqual(begins("solver/completions/code_ratio", 0, 0.5), [[5, "style"]]);
    assert.deepEqual(begins("solver/frac_reward_zero_std", 0, 1), [[6, "contrast"]]);
    assert.deepEqual(begins("judge/frac_unscored_self_reward", 0, 0.25), [[6, "unscored"]]);
    assert.deepEqual(begins("challenger/admitted", 1, 0.4), [[6, "admission"]]);
  });

  test("the judge's needs a judge that rises and answers that get worse", () => {
    const judge = { metric: "solver/self_reward", span: 7, besideVerifier: true } as const;
    const rises = [...steady(4, 3), ...steady(5, 3)];
    const falls = [...steady(0.5, 3), ...steady(0.3, 3)];
    assert.deepEqual(ringing({ "solver/self_reward": rises, "solver/reward": falls }, judge), [[4, "judge"]]);
    assert.deepEqual(ringing({ "solver/self_reward": rises, "solver/reward": falls }), []);
    assert.deepEqual(ringing({ "solver/self_reward": rises, "solver/reward": steady(0.5, 6) }, judge), []);
    assert.deepEqual(ringing({ "solver/self_reward": steady(4, 6), "solver/reward": falls }, judge), []);
  });

  test("without a verifier the judge is held against the held-out accuracy, which is kept between evaluations", () => {
    const judge = { metric: "solver/reward", span: 1, besideVerifier: false } as const;
    const reward = [...steady(0.5, 3), ...steady(0.6, 9)];
    const accuracy = [null, null, 0.7, null, null, 0.6, ...Array(6).fill(null)];
    assert.deepEqual(ringing({ "solver/reward": reward, "eval/accuracy": accuracy }, judge), [[6, "judge"]]);
    const better = [null, null, 0.7, null, null, 0.69];
    assert.deepEqual(ringing({ "solver/reward": reward, "eval/accuracy": better }, judge), []);
  });

  test("one that is on begins again only after three windows of good rounds", () => {
    const values = fc.array(fc.constantFrom<number | null>(null, 0, 0.2, 0.4, 1), { minLength: 5, maxLength: 60 });
    fc.assert(
      fc.property(values, (column) => {
        const means = column.map((_, i) => {
          const newest = column.slice(Math.max(0, i - 2), i + 1).filter((value) => value !== null);
          return i < 2 || newest.length < 2 ? null : newest.reduce((sum, value) => sum + value, 0) / newest.length;
        });
        let good = 3 * settings.window;
        const expected = means.flatMap((mean, i) => {
          if (mean === null) return [];
          const begins = mean > settings.style.above && good >= 3 * settings.window;
          good = mean > settings.style.above ? 0 : good + 1;
          return begins ? [[i + 1, "style"]] : [];
        });
        assert.deepEqual(ringing({ "solver/completions/code_ratio": column }), expected);
      }),
    );
  });

  test("none is looked for that is off", () => {
    const watch = new AlarmWatch({ ...settings, window: 1, kl: { above: 1, action: "off" } }, undefined);
    const rung = [0, 1, 2].flatMap((round): Ringing[] => watch.accept({ round, metrics: { "solver/kl": 9 } }));
    assert.deepEqual(rung, []);
  });

  test("a kind's own action wins over that of all", () => {
    const alarm: AlarmRecord = { kind: "kl", severity: "warning", sentence: "Far away.", samples: [] };
    const record = recordOf(7, { alarms: [alarm, { ...alarm, kind: "style", sentence: "Code." }] });
    const problem = pausingProblem(record, { ...settings, action: "pause", style: { above: 0.3, action: "warn" } });
    assert.match(problem!.message, /after round 7: Far away\.$/);
    assert.equal(pausingProblem(record, settings), undefined);
  });

  test("the watched judge is the one that is no verifier", () => {
    const game = (kind: string, selfReward?: { range: [number, number] }) =>
      watchedJudge({ config: { judge: { reward: { kind } } }, reward: { range: [0, 1] }, selfReward });
    assert.deepEqual(game("verifier", { range: [0, 7] }), {
      metric: "solver/self_reward",
      span: 7,
      besideVerifier: true,
    });
    assert.deepEqual(game("rubric"), { metric: "solver/reward", span: 1, besideVerifier: false });
    assert.equal(game("verifier"), undefined);
    const byPairs = { metric: "solver/self_reward", span: 7, besideVerifier: false };
    assert.deepEqual(game("pairwise", { range: [0, 7] }), byPairs, "the mean of duels is ½ whatever is played");
    assert.equal(game("pairwise"), undefined);
  });

  test("each names the samples that show it best", () => {
    const query = queryOf(4, "How are you?", {
      answers: [
        answerOf("import os", { reward: 0, selfReward: 7, advantage: 0 }),
        answerOf("Well.", { reward: 1, selfReward: 3, advantage: 0 }),
        answerOf("round and round ".repeat(4), {
          tokens: Array.from({ length: 24 }, (_, i) => i % 2),
          unscored: "late",
        }),
        answerOf("Hm", { reward: 0, selfReward: 2, referenceLogprobs: [-3, -3], logprobs: [-0.1, -0.1] }),
      ],
    });
    const code = queryOf(5, "Write a Python function.", { answers: [answerOf("def f():")], admitted: false });
    const flat = queryOf(6, "1+1", { answers: [answerOf("2", { advantage: 0 })], tokens: [1, 2, 3, 4, 5] });
    const queries = [query, code, flat];
    const metric = "solver/self_reward";
    const found = (kind: Parameters<typeof samplesOf>[0], role: "challenger" | "solver" = "solver") =>
      samplesOf(kind, { isOver: true, brief: "", sentence: "", role, isMore: true, metric }, queries);
    assert.deepEqual(found("style"), [{ query: 4, answer: 0 }]);
    assert.deepEqual(found("repetition"), [{ query: 4, answer: 2 }]);
    // Not the right ones that the self-reward left unscored: nobody overrates those.
    assert.deepEqual(found("judge"), [
      { query: 4, answer: 0 },
      { query: 4, answer: 3 },
    ]);
    assert.deepEqual(found("unscored"), [{ query: 4, answer: 2 }]);
    assert.deepEqual(found("kl")[0], { query: 4, answer: 3 });
    assert.deepEqual(found("length", "challenger")[0], { query: 6 });
    assert.deepEqual(found("contrast"), [{ query: 6 }]);
    assert.deepEqual(found("admission"), [{ query: 5 }]);
    assert.equal(found("diversity").length, 2);
  });

  test("where the reward is the watched judge, what it likes best comes first, whatever the self-reward is", () => {
    const answers = [0.2, null, 0.9].map((reward, i) => answerOf(`answer ${i}`, { reward, selfReward: 7 - i }));
    const reading = { isOver: true, brief: "", sentence: "", metric: "solver/reward" } as const;
    assert.deepEqual(samplesOf("judge", reading, [queryOf(0, "q", { answers })]), [
      { query: 0, answer: 2 },
      { query: 0, answer: 0 },
    ]);
  });

  test("an answer that was drawn many times is named once", () => {
    const wrong = (text: string, selfReward: number) => answerOf(text, { reward: 0, selfReward });
    const sure = queryOf(0, "87+64", { answers: Array.from({ length: 8 }, () => wrong("152", 6)) });
    const other = queryOf(1, "1+1", { answers: [wrong("3", 5), wrong("152", 4)] });
    const reading = { isOver: true, brief: "", sentence: "", metric: "solver/self_reward" } as const;
    assert.deepEqual(samplesOf("judge", reading, [sure, other]), [
      { query: 0, answer: 0 },
      { query: 1, answer: 0 },
      { query: 1, answer: 1 },
    ]);
  });
});
