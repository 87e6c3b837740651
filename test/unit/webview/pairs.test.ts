import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tokenHeat } from "../../../webview/rounds/answers/heat.ts";
import { imitationMetrics, imitationSpecs } from "../../../webview/rounds/charts/imitation-specs.ts";
import { iterationAt, iterationStarts } from "../../../webview/rounds/data/iterations.ts";
import type { AnswerRecord, QueryRecord } from "../../../webview/rounds/data/records.ts";
import type { Series } from "../../../webview/rounds/data/series.ts";
import { runFacts } from "../../../webview/rounds/header/facts.ts";
import { marginOf, worstFirst } from "../../../webview/rounds/pairs/pair-order.ts";
import { pairRemarks } from "../../../webview/rounds/pairs/pair-remarks.ts";
import { spinRecording } from "../../ui/harness/recording.ts";

function answer(role: AnswerRecord["role"], tokens: number[], rest: Partial<AnswerRecord> = {}): AnswerRecord {
  const logprobs = tokens.map(() => -0.5);
  const none = { reward: null, selfReward: null };
  return {
    text: "5",
    role,
    tokens,
    logprobs,
    referenceLogprobs: logprobs,
    stop: "stop",
    advantage: 0.05,
    ...none,
    ...rest,
  };
}

function example(index: number, ...answers: AnswerRecord[]): QueryRecord {
  const sampled = { tokens: [], logprobs: [], referenceLogprobs: [] };
  return { index, text: "2+3", ...sampled, admitted: true, V: null, VQ: null, advantage: 0, line: 7, answers };
}

function pair(index: number, real: number, generated: number): QueryRecord {
  return example(
    index,
    answer("real", [1, 2], { implicit: real }),
    answer("generated", [3, 2], { implicit: generated, advantage: -0.05 }),
  );
}

describe("the examples of a round", () => {
  const indices = (queries: readonly QueryRecord[]): number[] => worstFirst(queries).map(({ index }) => index);

  test("come by their margin, the worst first", () => {
    const queries = [pair(0, 0.5, 0), pair(1, -0.25, 0.25), pair(2, 0, 0), pair(3, 0.1, 0.6)];
    assert.deepEqual(queries.map(marginOf), [0.5, -0.5, 0, -0.5]);
    assert.deepEqual(indices(queries), [1, 3, 2, 0]);
  });

  test("with one answer come by how likely it is, the least likely first", () => {
    const single = (index: number, logprobs: number[]): QueryRecord =>
      example(index, answer("real", [1, 2], { logprobs, referenceLogprobs: [] }));
    assert.deepEqual(indices([single(0, [-1, -1]), single(1, [-1, -4]), single(2, [-0.1, -0.1])]), [1, 0, 2]);
  });

  test("say that they are skipped, and why", () => {
    const flags = (...answers: AnswerRecord[]): string[] => pairRemarks(example(0, ...answers)).map(({ flag }) => flag);
    const none = { advantage: 0 };
    assert.deepEqual(flags(answer("real", [1, 2], none), answer("generated", [1, 2], none)), ["skipped: identical"]);
    // The χ² loss keeps such a pair.
    assert.deepEqual(flags(answer("real", [1, 2]), answer("generated", [1, 2])), ["identical"]);
    const cut = { stop: "length" } as const;
    assert.deepEqual(flags(answer("real", [1], none), answer("generated", [3], { ...none, ...cut })), ["skipped: cut"]);
    assert.deepEqual(flags(answer("real", [1]), answer("generated", [3], cut)), ["clip"]);
    assert.deepEqual(flags(answer("real", [1]), answer("generated", [3])), []);
    const [remark] = pairRemarks(example(0, answer("real", [1, 2], none), answer("generated", [1, 2], none)));
    assert.match(remark!.sentence, /^Skipped: the generated answer is the real one, token by token/);
  });

  test("colour a token by its log-ratio to the reference, and none without a reference", () => {
    const coloured = (referenceLogprobs: number[]) =>
      tokenHeat(answer("real", [1, 2, 3], { logprobs: [-1, -1, -1], referenceLogprobs }), "ratio", 1);
    assert.deepEqual(coloured([-1.5, -0.75, -9]), [
      { strength: 0.5, below: false },
      { strength: 0.25, below: true },
      { strength: 1, below: false },
    ]);
    assert.ok(coloured([]).every(({ strength }) => strength === 0));
  });
});

describe("the charts of an imitation", () => {
  const seriesOf = (columns: Series["columns"]): Series => ({
    run: "r",
    rounds: [0, 1, 2, 3, 4],
    columns,
    alarms: [],
  });
  const ids = (series: Series): string[] => imitationSpecs(series).map(({ id }) => id);

  test("are all there before the first round, then those that the algorithm measures", () => {
    const all = ["loss", "accuracy", "margin", "log-ratio", "real-logprob", "grad-norm"];
    assert.deepEqual(ids(seriesOf({})), all);
    const played = [null, 1, 1, 1, 1];
    const sft = seriesOf({
      "imitation/loss": played,
      grad_norm: played,
      "eval/real_logprob": [-1, null, null, null, -1],
    });
    assert.deepEqual(ids(sft), ["loss", "real-logprob", "grad-norm"]);
    const dpo = seriesOf({ "imitation/loss": played, "imitation/log_ratio/chosen": played, "eval/accuracy": played });
    assert.deepEqual(
      imitationSpecs(dpo).map(({ lines }) => lines.map(({ metric }) => metric)),
      [["imitation/loss"], ["eval/accuracy"], ["imitation/log_ratio/chosen"]],
    );
  });

  test("are recorded under the names that a run has", () => {
    const { series } = spinRecording().series;
    const measured = Object.keys(series).filter((metric) => series[metric]!.some((value) => value !== null));
    const missing = imitationMetrics.filter((metric) => !measured.includes(metric));
    // Of other algorithms: pairs, and a bound.
    assert.deepEqual(missing, [
      "imitation/frac_beyond_bound",
      "imitation/log_ratio/chosen",
      "imitation/log_ratio/rejected",
    ]);
  });

  test("mark where iterations begin, where there is an opponent", () => {
    const columns = { "imitation/iteration": [null, 1, 1, 2, 2], "imitation/opponents": [null, 1, 1, 2, 2] };
    const starts = [
      { iteration: 1, first: 1 },
      { iteration: 2, first: 3 },
    ];
    assert.deepEqual(iterationStarts(seriesOf(columns)), starts);
    assert.equal(iterationAt(seriesOf(columns), 2), 1);
    assert.equal(iterationAt(seriesOf(columns), 0), null);
    const alone = seriesOf({ ...columns, "imitation/opponents": [null, 0, 0, 0, 0] });
    assert.deepEqual(iterationStarts(alone), []);
    assert.equal(iterationAt(alone, 4), null);
  });
});

test("a run's facts say what it imitates, and nothing of a game of rewards", () => {
  const facts = runFacts(spinRecording().details, null);
  assert.deepEqual(facts.slice(3, 5), ["12 records of builtin:addition-expert a round", "β 0.1"]);
  assert.ok(!facts.join(" ").includes("×"));
});
