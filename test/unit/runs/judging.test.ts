/** Which judges a config asks for, whom they ask, and what of their judgements is recorded. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { Engine, SampleOptions, SampleRequest } from "../../../daemon/engine/engine.ts";
import type { Judgement } from "../../../daemon/judge/scorer.ts";
import type { ChatTokenizer } from "../../../daemon/models/tokenizer.ts";
import type { Game, SelfPlayGame } from "../../../daemon/runs/game.ts";
import { replay } from "../../../daemon/runs/interactive/chat.ts";
import { modelJudge } from "../../../daemon/runs/interactive/judges.ts";
import { judgesOf } from "../../../daemon/runs/judging/judges.ts";
import { OutsideJudges } from "../../../daemon/runs/judging/outside-judges.ts";
import { recordsOf } from "../../../daemon/runs/phases/record.ts";
import type { QueryRecord } from "../../../daemon/store/records.ts";
import { findTask } from "../../../daemon/tasks/registry.ts";
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
      const config = configOf("game.task=open", "judge.reward.kind=rubric", "algorithm.name=lsp-zero", ...overrides);
      const tokenizerOfWords = { ...tokenizer, encode: (of: string) => Array.from(of, (c) => c.charCodeAt(0)) };
      const parts = { config, engine, tokenizer: tokenizerOfWords as unknown as ChatTokenizer, task: findTask("open") };
      return judgesOf({ ...parts, outside }).rubric!;
    };
    assert.deepEqual(judges(), { is: "reward", mode: "generate", comparison: undefined });
    const { mode, comparison } = judges("judge.rubric.mode=criterion-logits", "judge.rubric.compare=9");
    assert.deepEqual([mode, comparison!.pairs, comparison!.other.range], ["criterion-logits", 9, [0, 1]]);
    const none = judgesOf({ config: configOf(), engine, tokenizer, task: findTask("addition"), outside });
    assert.equal(none.rubric, undefined);
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
  const nameOf = (rubric: Partial<NonNullable<Game["rubric"]>> | undefined): string => {
    const game = { tokenizer: { ...tokenizer, encode: () => [] }, rubric } as unknown as Game;
    return modelJudge({ game, engine: engineThatSays({}).engine, policy: "reference" }).name;
  };
  assert.deepEqual(
    [nameOf(undefined), nameOf({ mode: "generate" }), nameOf({ mode: "criterion-logits" })],
    ["self-reward", "self-reward", "criterion-logits"],
  );
});

test("playing again is judged on the engine that was lent: the game's own would wait for the device that this has", async () => {
  const { engine, calls } = engineThatSays({ interactive: "Plum.", judge: "<Score>7</Score>" });
  const never = { sample: () => new Promise(() => {}) } as unknown as Engine;
  const game = { config: open, engine: never, tokenizer, task: findTask("open") } as unknown as Game;
  const { answers } = await replay(
    { game, engine, policy: "current" },
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

  test("has the criteria of the judge who went through them, with that judge's words", () => {
    for (const record of [
      recorded(rubric, { value: 3, rationale: "likely" }),
      recorded({ value: 0, rationale: "wrong" }, { ...rubric, value: 1 }),
      recorded(rubric),
    ]) {
      assert.deepEqual([record.criteria, record.rationale], [[1, 0, 0, 0, 0, 0, 0], "Poor."]);
    }
  });

  test("has what a judge said who gave no verdict", () => {
    const record = recorded({ value: null, unscored: "no score", rationale: "Hm." });
    assert.deepEqual([record.reward, record.unscored, record.rationale], [null, "no score", "Hm."]);
    assert.equal(recorded({ value: 0 }, { value: 2, rationale: "form" }).rationale, "form");
  });
});
