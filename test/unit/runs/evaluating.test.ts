/** Evaluation with a language model as judge, on an engine whose answers are made up. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Completion, Engine, SampleKey } from "../../../daemon/engine/engine.ts";
import { SparringError } from "../../../daemon/errors.ts";
import { requests } from "../../../daemon/protocol.ts";
import type { Game } from "../../../daemon/runs/game.ts";
import { evaluateWeights } from "../../../daemon/runs/interactive/evaluating.ts";
import type { Lender, Loan } from "../../../daemon/runs/interactive/lender.ts";
import { addition } from "../../../daemon/tasks/addition.ts";

interface Scene {
  /** What weights answer to a task. */
  readonly answers: (policy: string, query: string) => string;
  /** What the judge replies; `cut`: at the token limit. */
  readonly judge: (prompt: string, key: SampleKey) => string | "cut";
  readonly maxSequence?: number;
  readonly tasks?: Readonly<Record<string, string>>;
  /** The run's section of that name, where pairs are its reward. */
  readonly pairwise?: object;
}

/** Texts are their character codes. */
const tokenizer = {
  stopTokens: [0],
  renderPrompt: (messages: readonly { content: string }[]) => Array.from(messages[0]!.content, (c) => c.charCodeAt(0)),
  decode: (tokens: ArrayLike<number>) => String.fromCharCode(...Array.from(tokens).filter((token) => token > 0)),
};

function evaluate(scene: Scene, params: object): { result: ReturnType<typeof evaluateWeights>; keys: SampleKey[] } {
  const keys: SampleKey[] = [];
  const engine = {
    capabilities: { maxSequence: scene.maxSequence ?? 10_000 },
    sample: async (requests: { prompt: number[]; key: SampleKey }[], { policy }: { policy: string }) =>
      requests.map(({ prompt, key }): Completion => {
        const text = tokenizer.decode(prompt);
        const isJudge = key.role === "judge";
        if (isJudge) keys.push(key);
        const said = isJudge ? scene.judge(text, key) : scene.answers(policy, text.replace("=", ""));
        const tokens = Int32Array.from([...said].map((c) => c.charCodeAt(0)));
        return { tokens, logprobs: new Float32Array(tokens.length), stop: said === "cut" ? "length" : "stop" };
      }),
  } as unknown as Engine;
  const judge = { reward: { kind: scene.pairwise ? "pairwise" : "verifier" }, pairwise: scene.pairwise };
  const config = { solver: { max_tokens: 5 }, judge };
  const game = { tokenizer, task: addition, config, rubrics: [] } as unknown as Game;
  const lend: Lender["lend"] = (_run, weights, _signal, work) => {
    const policy = weights === "reference" ? "reference" : "current";
    const loan = { player: { engine, game, policy }, words: policy, turn: (piece: () => unknown) => piece() };
    return work(loan as unknown as Loan);
  };
  const lender = { lend, lendFrozen: lend } as Lender;
  const taskOf = async (run: string): Promise<string> => scene.tasks?.[run] ?? "addition";
  const valid = requests["sparring/checkpoint/evaluate"].params.parse({ run: "r", ...params });
  const errand = { signal: new AbortController().signal, onProgress: () => {} };
  return { result: evaluateWeights({ lender, taskOf }, valid, errand), keys };
}

const against = { run: "r", weights: "reference" };
const byModel = { against, judge: "self-reward", limit: 40 };
const byPairs = { ...byModel, judge: "pairwise" };
/** What a judge of pairs is shown. */
const shownTo = (prompt: string): [a: string, b: string] => {
  const [, a, b] = /<Response_A>\n([\s\S]*?)\n<\/Response_A>\n<Response_B>\n([\s\S]*?)\n<\/Response_B>/.exec(prompt)!;
  return [a!, b!];
};
const responseOf = (prompt: string): string => /<Response>\n([\s\S]*?)\n<\/Response>/.exec(prompt)![1]!;
const right = (query: string): string => addition.expected(query);

describe("an evaluation", () => {
  test("by a model: who it scores higher wins, asked twice a pair with other noise", async () => {
    const { result, keys } = evaluate(
      {
        answers: (policy, query) => (policy === "current" ? right(query) : "no idea"),
        judge: (prompt) => `Well. <Score>${responseOf(prompt) === "no idea" ? 1 : 6}</Score>`,
      },
      byModel,
    );
    const { accuracy, against: other } = await result;
    assert.deepEqual([accuracy.value, other!.accuracy.value], [1, 0]);
    const { wins, ties, losses, swapped, unscored } = other!;
    assert.deepEqual([wins, ties, losses, swapped, unscored], [40, 0, 0, 0, 0]);
    assert.equal(other!.winRate.value, 1);
    assert.equal(
      new Set(keys.map((key) => JSON.stringify(key))).size,
      160,
      "no two of 40 pairs × 2 sides × 2 looks share noise",
    );
  });

  test("whose judge changes its mind with the second look is a tie", async () => {
    const { result } = evaluate(
      {
        answers: (policy) => policy,
        judge: (prompt, { round }) => `<Score>${(responseOf(prompt) === "current") === (round === 0) ? 5 : 2}</Score>`,
      },
      byModel,
    );
    const { winRate, ties, swapped } = (await result).against!;
    assert.deepEqual([winRate.value, ties, swapped], [0.5, 40, 40]);
  });

  test("by pairs: who both looks prefer wins; each pair is shown in both orders, with other noise", async () => {
    const shown: string[] = [];
    const { result, keys } = evaluate(
      {
        answers: (policy, query) => (policy === "current" ? right(query) : "no idea"),
        judge: (prompt) => {
          const [a, b] = shownTo(prompt);
          shown.push(a === "no idea" ? "B" : "A");
          assert.notEqual(a, b);
          return `One knows. <Better>${a === "no idea" ? "B" : "A"}</Better>`;
        },
      },
      byPairs,
    );
    const { wins, ties, losses, swapped, unscored } = (await result).against!;
    assert.deepEqual([wins, ties, losses, swapped, unscored], [40, 0, 0, 0, 0]);
    assert.deepEqual([shown.length, shown.filter((letter) => letter === "A").length], [80, 40]);
    assert.equal(new Set(keys.map((key) => JSON.stringify(key))).size, 80);
  });

  test("by pairs, with a judge that goes by position, is all ties; equal answers are not shown to it", async () => {
    const { result, keys } = evaluate(
      { answers: (policy, query) => (query.includes("1") ? "same" : policy), judge: () => "<Better>A</Better>" },
      byPairs,
    );
    const { winRate, ties, swapped } = (await result).against!;
    assert.deepEqual([winRate.value, ties, swapped], [0.5, 40, keys.length / 2]);
    assert.ok(swapped > 0 && swapped < 40);
  });

  test("by pairs asks as the run's own judge of pairs is asked, where pairs are its reward", async () => {
    const pairwise = { by: "reference", mode: "generate", opponents: 1, temperature: 0, max_tokens: 9 };
    const { result } = evaluate(
      { answers: (policy) => policy, judge: () => "<Better>A</Better>", maxSequence: 500, pairwise },
      byPairs,
    );
    await assert.rejects(result, /leaves no room for a reply of 9 in the 500/);
  });

  test("counts what the judge could not score nowhere else", async () => {
    const { result } = evaluate(
      {
        answers: (policy, query) => `${policy} ${query}`,
        judge: (prompt) => {
          const response = responseOf(prompt);
          if (response.startsWith("reference")) return "<Score>1</Score>";
          return response.includes("1") ? "cut" : "<Score>3</Score>";
        },
      },
      byModel,
    );
    const { wins, losses, ties, unscored, winRate } = (await result).against!;
    const withOne = addition
      .heldOut()
      .slice(0, 40)
      .filter((query) => query.includes("1")).length;
    assert.ok(withOne > 0);
    assert.deepEqual([wins, ties, losses, unscored], [40 - withOne, 0, 0, withOne]);
    assert.equal(winRate.value, 1);
  });

  test("of which nothing could be scored is an error with the commonest reason", async () => {
    const scene: Scene = { answers: (policy) => policy, judge: () => "dunno" };
    const rejects = (changes: Partial<Scene>, reason: RegExp): Promise<void> =>
      assert.rejects(
        evaluate({ ...scene, ...changes }, byModel).result,
        (error: unknown) =>
          error instanceof SparringError && error.code === "run/nothing-scored" && reason.test(error.message),
      );
    await rejects({}, /none of the 40 pairs; of 40 because the reply has neither an integer/);
    await rejects({ maxSequence: 1000 }, /leaves no room for a reply of 320 in the 1000/);
    await rejects({ judge: () => "cut" }, /cut at the token limit/);
  });

  test("by the verifier: right against wrong wins, and an answer that was cut is not right", async () => {
    const { result, keys } = evaluate(
      { answers: (policy, query) => (policy === "current" ? right(query) : "cut"), judge: () => "" },
      { against, limit: 40 },
    );
    const { wins, swapped } = (await result).against!;
    assert.deepEqual([wins, swapped, keys.length], [40, 0, 0]);
  });

  test("of runs of different tasks is an error before anything is sampled", async () => {
    let asked = 0;
    const { result } = evaluate(
      { answers: () => String(asked++), judge: () => "", tasks: { other: "subtraction" } },
      { against: { run: "other", weights: "current" } },
    );
    await assert.rejects(result, (error) => error instanceof SparringError && error.code === "run/different-tasks");
    assert.equal(asked, 0);
  });
});
