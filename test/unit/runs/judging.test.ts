/** Which judges a config asks for, whom they ask, and what of their judgements is recorded. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { Engine, SampleOptions, SampleRequest } from "../../../daemon/engine/engine.ts";
import { ensemble } from "../../../daemon/judge/ensemble.ts";
import { rubricReward, selfReward } from "../../../daemon/judge/rubric/self-reward.ts";
import type { Judgement, Scorer } from "../../../daemon/judge/scorer.ts";
import type { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import type { Game, SelfPlayGame } from "../../../daemon/runs/game.ts";
import { replay } from "../../../daemon/runs/interactive/chat.ts";
import { modelJudge } from "../../../daemon/runs/interactive/judges.ts";
import { judgedFields } from "../../../daemon/runs/judging/answer-record.ts";
import { judgeRecords } from "../../../daemon/runs/judging/judge-records.ts";
import { judgesOf } from "../../../daemon/runs/judging/judges.ts";
import { OutsideJudges } from "../../../daemon/runs/judging/outside-judges.ts";
import { judge } from "../../../daemon/runs/phases/judge.ts";
import type { DrawnAnswer, DrawnQuery } from "../../../daemon/runs/phases/players.ts";
import { recordsOf } from "../../../daemon/runs/phases/record.ts";
import {
  type AnswerRecord,
  answerRecordSchema,
  type QueryRecord,
  scorePartSchema,
} from "../../../daemon/store/records.ts";
import { findTask } from "../../../daemon/tasks/registry.ts";
import { reply, serve, seven } from "../judge/judge-server.ts";
import { pairAt } from "../judge/pairs.ts";

const text = (tokens: ArrayLike<number>): string => String.fromCharCode(...Array.from(tokens));
const tokenizer = {
  stopTokens: [0],
  renderPrompt: (messages: readonly { content: string }[]) => Array.from(messages[0]!.content, (c) => c.charCodeAt(0)),
  decode: text,
} as unknown as ChatTokenizer;

/** An engine that says the same to everything of a role, and keeps what it was asked. */
function engineThatSays(says: Partial<Record<string, string>>): { engine: Engine; calls: SampleOptions[] } {
  const calls: SampleOptions[] = [];
  const engine = {
    capabilities: { maxSequence: 10_000 },
    sample: async (requests: readonly SampleRequest[], options: SampleOptions) => {
      calls.push(options);
      return requests.map(({ key }) => {
        const tokens = Int32Array.from(says[key.role]!, (char) => char.charCodeAt(0));
        return { tokens, logprobs: new Float32Array(tokens.length), stop: "stop" };
      });
    },
  } as unknown as Engine;
  return { engine, calls };
}

const configOf = (...overrides: string[]) =>
  parseConfig("model: {path: builtin:nano}\ngame: {task: addition}\nalgorithm: {name: lsp}\n", {
    file: "a.yaml",
    overrides,
  }).config;
const open = configOf(
  "game.task=open",
  "algorithm.name=lsp-zero",
  "judge.reward.kind=rubric",
  "judge.rubric.max_tokens=50",
);
/** Asked by none of these. */
const outside = new OutsideJudges(open);

describe("the judges of a game", () => {
  const namesOf = (...overrides: string[]): (string | undefined)[] => {
    const config = configOf(...overrides);
    const { engine } = engineThatSays({});
    const judges = judgesOf({ config, engine, tokenizer, task: findTask(config.game.task), outside });
    return [judges.reward.name, judges.selfReward?.name];
  };

  test("are those that its config names", () => {
    const sums = "game.task=word-sums";
    assert.deepEqual(namesOf(), ["verifier:addition", "criteria:addition"]);
    assert.deepEqual(namesOf("algorithm.name=grpo"), ["verifier:addition", undefined]);
    assert.deepEqual(namesOf(sums, "judge.self_reward.kind=rubric"), ["verifier:word-sums", "self-reward"]);
    assert.deepEqual(namesOf(sums, "judge.reward.kind=rubric", "judge.self_reward.kind=likelihood"), [
      "rubric",
      "likelihood",
    ]);
  });

  test("are, for the rubric, those of its mode, and of the other one where the two are compared", () => {
    const { engine } = engineThatSays({});
    const judges = (...overrides: string[]) => {
      const config = configOf("game.task=open", ...overrides);
      const tokenizerOfWords = { ...tokenizer, encode: (of: string) => Array.from(of, (c) => c.charCodeAt(0)) };
      const parts = { config, engine, tokenizer: tokenizerOfWords as unknown as ChatTokenizer, task: findTask("open") };
      return judgesOf({ ...parts, outside: new OutsideJudges(config) }).rubrics;
    };
    const zero = ["algorithm.name=lsp-zero", "judge.reward.kind=rubric"];
    assert.deepEqual(judges(...zero), [{ is: "reward", part: undefined, mode: "generate", comparison: undefined }]);
    const compared = ["judge.rubric.mode=criterion-logits", "judge.rubric.compare=9"];
    const [alone] = judges(...zero, ...compared);
    assert.deepEqual(
      [alone!.mode, alone!.comparison!.pairs, alone!.comparison!.other.range],
      ["criterion-logits", 9, [0, 1]],
    );
    const none = judgesOf({ config: configOf(), engine, tokenizer, task: findTask("addition"), outside });
    assert.deepEqual(none.rubrics, []);

    // In an ensemble, after the verifier; and a server beside it, which is asked in words.
    const server = ["judge.endpoint.url=http://127.0.0.1:1/v1", "judge.endpoint.model=m"];
    const together = judges(
      "algorithm.name=lsp-zero",
      ...["judge.reward.kind=ensemble", "judge.ensemble.rubric.weight=1", "judge.ensemble.verifier.weight=1"],
      ...["judge.verifier.rule=regex", "judge.verifier.pattern=a", "judge.ensemble.endpoint.weight=1"],
      ...server,
      ...compared,
    );
    assert.deepEqual(
      together.map(({ is, part, mode, comparison }) => [is, part, mode, comparison?.other.range]),
      [
        ["reward", 1, "criterion-logits", [0, 1]],
        ["reward", 2, "generate", undefined],
      ],
    );
    const self = ["judge.reward.kind=rubric", "judge.self_reward.kind=endpoint"];
    assert.deepEqual(
      judges(...self, ...server, ...compared).map(({ is, comparison }) => [is, comparison?.pairs]),
      [
        ["reward", 9],
        ["selfReward", undefined],
      ],
    );
  });

  test("are heard where the rubric is a part of an ensemble: flaws of its replies, and its modes compared", async () => {
    const replies = ["<Calculation>1+1+1+0+0+0+0=3</Calculation><Score>5</Score>", "nothing", "<Score>7</Score>"];
    const words = selfReward(async (questions) =>
      questions.map((_, i) => ({ text: replies[i]!, stop: "stop" as const })),
    );
    const fixed = (value: number): Scorer => ({
      name: "fixed",
      range: [0, 1],
      score: async (pairs) => pairs.map(() => ({ value })),
    });
    const game = {
      config: configOf(),
      reward: ensemble(
        [fixed(1), rubricReward(words)].map((scorer) => ({ scorer, weight: 1, scale: 1 })),
        "rest",
      ),
      selfReward: undefined,
      rubrics: [{ is: "reward", part: 1, mode: "generate", comparison: { other: fixed(0.5), pairs: 3 } }],
    } as unknown as SelfPlayGame;
    const answers = ["a", "b", "c"].map((text, answer) => {
      const key = { seed: 1, round: 1, role: "solver", query: 0, answer };
      return { text, key, prompt: [], completion: { stop: "stop", tokens: [] } } as unknown as DrawnAnswer;
    });
    const query = { text: "q", duplicate: false, admitted: true, heldOut: false } as unknown as DrawnQuery;
    const { judgeMetrics, judged } = await judge(game, [query], [answers], {});
    assert.equal(judgeMetrics["judge/rubric/frac_no_verdict"], 1 / 3);
    assert.equal(judgeMetrics["judge/rubric/frac_sum_differs"], 1 / 2);
    assert.equal(judgeMetrics["judge/modes/both"], 2);
    assert.equal(judgeMetrics["judge/modes/unscored_generate"], 1);
    // (3.5 − 5 + 3.5 − 7) / 2
    assert.equal(judgeMetrics["judge/modes/mean_difference"], -2.5);
    const { parts } = judgedFields(judged[0]![0]!.reward, undefined);
    assert.deepEqual(scorePartSchema.strict().array().parse(parts), parts);
  });

  test("are, for a verifier, those of its rule: also one that needs no right answer", async () => {
    const { engine } = engineThatSays({});
    const values = async (answers: readonly string[], task: "addition" | "open", ...overrides: string[]) => {
      const config = configOf("algorithm.name=lsp-zero", `game.task=${task}`, ...overrides);
      const { reward } = judgesOf({ config, engine, tokenizer, task: findTask(task), outside });
      return (await reward.score(answers.map((answer) => pairAt("47+38", answer)))).map(({ value }) => value);
    };
    const rule = (name: string): string => `judge.verifier.rule=${name}`;
    assert.deepEqual(await values(["85", "it is 85", "86"], "addition", rule("exact")), [1, 0, 0]);
    const near = ["judge.verifier.tolerance=1", rule("number")];
    assert.deepEqual(await values(["85", "it is 86", "87"], "addition", ...near), [1, 1, 0]);
    assert.deepEqual(await values(["B"], "addition", rule("choice")), [null]);
    assert.deepEqual(await values(["85", "x"], "open", rule("regex"), "judge.verifier.pattern=^\\d+$"), [1, 0]);
    const schema = 'judge.verifier.schema={"type": "number"}';
    assert.deepEqual(await values(["85", '"85"', "?"], "open", rule("json-schema"), schema), [1, 0, 0]);
    const broken = values(["85"], "open", rule("json-schema"), 'judge.verifier.schema={"type": 5}');
    await assert.rejects(broken, { code: "judge/bad-schema" });
  });

  test("ask the reference, as the settings of the rubric say", async () => {
    const { engine, calls } = engineThatSays({ judge: "<Score>7</Score>" });
    const { reward } = judgesOf({ config: open, engine, tokenizer, task: findTask("open"), outside });
    const key = { seed: 1, round: 1, role: "solver", query: 0, answer: 0 } as const;
    const [judgement] = await reward.score([{ query: "q", answer: "a", stop: "stop", duplicate: false, key }]);
    assert.equal(judgement!.value, 1);
    const [{ policy, temperature, maxTokens }] = calls as [SampleOptions];
    assert.deepEqual([policy, temperature, maxTokens], ["reference", 1, 50]);
  });
});

test("an evaluation's judge is asked in the mode of its run's rubric, in words where the run has none", () => {
  const nameOf = (...rubrics: Partial<Game["rubrics"][number]>[]): string => {
    const game = { tokenizer: { ...tokenizer, encode: () => [] }, rubrics } as unknown as Game;
    return modelJudge({ game, engine: engineThatSays({}).engine, policy: "reference" }).name;
  };
  assert.deepEqual(
    [nameOf(), nameOf({ mode: "generate" }), nameOf({ mode: "criterion-logits" })],
    ["self-reward", "self-reward", "criterion-logits"],
  );
});

test("playing again is judged on the engine that was lent: the game's own would wait for the device that this has", async () => {
  const { engine, calls } = engineThatSays({ interactive: "Plum.", judge: "<Score>7</Score>" });
  const never = { sample: () => new Promise(() => {}) } as unknown as Engine;
  const game = { config: open, engine: never, tokenizer, task: findTask("open") } as unknown as Game;
  let turns = 0;
  const turn = <T>(work: () => Promise<T>): Promise<T> => {
    turns++;
    return work();
  };
  const { answers } = await replay(
    { player: { game, engine, policy: "current" }, turn },
    { text: "Name a fruit." } as QueryRecord,
    { run: "r", round: 1, query: 0, answers: 2, temperature: 1, seed: 3, weights: "current" },
    new AbortController().signal,
  );
  assert.deepEqual(
    answers.map(({ text: answer, reward }) => [answer, reward]),
    [
      ["Plum.", 1],
      ["Plum.", 1],
    ],
  );
  assert.deepEqual(
    calls.map(({ policy }) => policy),
    ["current", "reference"],
  );
  assert.equal(turns, 2);
});

test("a query that is played again holds the device for its answers, and not while a judge's server is asked", async (t) => {
  let [isHeld, turns] = [false, 0];
  const turn = async <T>(work: () => Promise<T>): Promise<T> => {
    [isHeld, turns] = [true, turns + 1];
    return work().finally(() => {
      isHeld = false;
    });
  };
  const heldWhenAsked: boolean[] = [];
  const server = await serve(t, (_, response) => {
    heldWhenAsked.push(isHeld);
    reply(response, seven);
  });
  const endpoint = ["judge.reward.kind=endpoint", `judge.endpoint.url=${server.origin}/v1`, "judge.endpoint.model=m"];
  const config = configOf("game.task=open", "algorithm.name=lsp-zero", ...endpoint);
  const { engine } = engineThatSays({ interactive: "Plum." });
  const asked = new OutsideJudges(config, undefined, async () => {});
  const game = { config, engine, tokenizer, task: findTask("open"), outside: asked } as unknown as Game;
  const { answers } = await replay(
    { player: { game, engine, policy: "current" }, turn },
    { text: "Name a fruit." } as QueryRecord,
    { run: "r", round: 1, query: 0, answers: 2, temperature: 1, seed: 3, weights: "current" },
    new AbortController().signal,
  );
  assert.deepEqual(
    answers.map(({ reward }) => reward),
    [1, 1],
  );
  assert.deepEqual([heldWhenAsked, turns], [[false, false], 1]);
});

test("who scores is recorded, with ranges in which null is no bound; in an imitation nobody does", () => {
  const judge = (name: string, low: number, high: number) => ({ name, range: [low, high] });
  const game = { kind: "self-play", reward: judge("r", -Infinity, Infinity), selfReward: judge("s", 0, 7) };
  assert.deepEqual(judgeRecords(game as unknown as Game), {
    reward: { name: "r", low: null, high: null },
    selfReward: { name: "s", low: 0, high: 7 },
  });
  const zero = { ...game, selfReward: undefined };
  assert.deepEqual(judgeRecords(zero as unknown as Game), { reward: { name: "r", low: null, high: null } });
  assert.equal(judgeRecords({ ...game, kind: "imitation" } as unknown as Game), undefined);
});

describe("an answer's record", () => {
  const recorded = (reward: Judgement, selfReward?: Judgement) => {
    const completion = { tokens: [1], logprobs: [0], stop: "stop" };
    const drawn = {
      queries: [{ index: 0, text: "q", admitted: true }],
      answers: [[{ text: "a", completion }]],
      judged: [[{ reward, ...(selfReward && { selfReward }) }]],
      advantages: { V_N: [0], VQ_N: [null], challenger_N: [0], solver_NG: [[0]] },
      reference: { answers_NGT: [[[0]]], queries_NT: [] },
    };
    const game = { task: findTask("open") } as SelfPlayGame;
    return recordsOf(game, drawn as unknown as Parameters<typeof recordsOf>[1])[0]!.answers[0]!;
  };
  const rubric: Judgement = { value: 1 / 7, criteria: [1, 0, 0, 0, 0, 0, 0], rationale: "Poor." };

  test("has the criteria of the judge who went through them; of the self-reward's where both did", () => {
    for (const record of [
      recorded(rubric, { value: 3, rationale: "likely" }),
      recorded({ value: 0, rationale: "wrong" }, { ...rubric, value: 1 }),
      recorded(rubric),
      recorded({ ...rubric, criteria: [0, 0, 0, 0, 0, 0, 1] }, { ...rubric, value: 1 }),
    ]) {
      assert.deepEqual(record.criteria, [1, 0, 0, 0, 0, 0, 0]);
    }
  });

  test("has what both judges said, each under its own name", () => {
    const said = ({ rationale, rewardRationale }: AnswerRecord) => [rationale, rewardRationale];
    assert.deepEqual(said(recorded(rubric)), ["Poor.", undefined]);
    assert.deepEqual(said(recorded(rubric, { value: 3, rationale: "likely" })), ["likely", "Poor."]);
    assert.deepEqual(said(recorded(rubric, { value: null, unscored: "too long" })), [undefined, "Poor."]);
  });

  test("has the parts of an ensemble, and is read again as it was written", async () => {
    const scorer = (name: string, high: number, judgement: Judgement): Scorer => {
      return { name, range: [0, high], score: async (pairs) => pairs.map(() => judgement) };
    };
    const members = [
      { scorer: scorer("verifier", 1, { value: 1, rationale: "right" }), weight: 1, scale: 1 },
      { scorer: scorer("model", Infinity, { value: null, unscored: "it timed out" }), weight: 1, scale: 0.5 },
    ];
    const [judgement] = await ensemble(members, "rest").score([pairAt("q", "a")]);
    const record = recorded(judgement!);
    assert.deepEqual(record.parts, [
      { judge: "verifier", value: 1, weight: 1, scale: 1, low: 0, high: 1 },
      { judge: "model", value: null, unscored: "it timed out", weight: 1, scale: 0.5, low: 0, high: null },
    ]);
    assert.deepEqual(answerRecordSchema.parse(JSON.parse(JSON.stringify(record))), record);
    const { parts: _, ...earlier } = record;
    assert.deepEqual(answerRecordSchema.parse(earlier), earlier);
  });

  test("has what a judge said who gave no verdict", () => {
    const record = recorded({ value: null, unscored: "no score", rationale: "Hm." });
    assert.deepEqual([record.reward, record.unscored, record.rationale], [null, "no score", "Hm."]);
    assert.equal(recorded({ value: 0 }, { value: 2, rationale: "form" }).rationale, "form");
  });
});
