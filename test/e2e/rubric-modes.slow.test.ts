/** Games whose judge is read, not asked in words, and whose two modes are compared: a small random chat model, the real engine. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { RunEvent } from "../../daemon/runs/events.ts";
import { resumeRun, startRun } from "../../daemon/runs/run.ts";
import type { AnswerRecord, RoundRecord } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { writeChatModel } from "../engine/chat-model.ts";

describe("a game judged by criterion-logits", () => {
  let home = "";
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-modes-"));
    await writeChatModel(join(home, "model"));
  });
  after(() => rmSync(home, { recursive: true }));

  const configOf = (...overrides: string[]) =>
    parseConfig(
      `
model: { path: "${join(home, "model")}" }
engine: { threads: 1 }
game: { task: open, queries: 2, answers: 2, rounds: 2 }
algorithm: { name: lsp-zero }
judge: { reward: { kind: rubric }, rubric: { mode: criterion-logits } }
challenger: { max_tokens: 6 }
admission: { on_reject: off }
solver: { max_tokens: 6 }
optimizer: { lr: 1.0e-3 }
`,
      { file: "modes.yaml", overrides },
    ).config;

  async function played(id: string): Promise<{ rounds: readonly RoundRecord[]; answers: AnswerRecord[] }> {
    const store = new Store(home);
    const rounds = (await store.readRounds(id)).slice(1);
    const queries = await Promise.all(rounds.map(({ round }) => store.readSamples(id, round)));
    return { rounds, answers: queries.flat().flatMap((query) => query.answers) };
  }
  const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

  test("scores every answer: the reward is a seventh of the sum of its recorded probabilities", async () => {
    await startRun(configOf(), { home, id: "reward", onEvent: () => {} });
    const { rounds, answers } = await played("reward");
    assert.equal(answers.length, 8);
    for (const { reward, criteria, probabilities, rationale, unscored } of answers) {
      assert.equal(unscored, undefined);
      assert.ok(Math.abs(sumOf(probabilities!) / 7 - reward!) < 1e-9);
      assert.deepEqual(
        criteria,
        probabilities!.map((p) => (p >= 0.5 ? 1 : 0)),
      );
      assert.match(rationale!, /^P\(Yes\) of the criteria: 1 /);
    }
    for (const { metrics } of rounds) {
      assert.equal(metrics["judge/frac_unscored_reward"], 0);
      assert.ok(metrics.grad_norm! > 0);
      assert.deepEqual(
        Object.keys(metrics).filter((name) => /^judge\/(rubric|modes)/.test(name)),
        [],
      );
    }
  });

  test("as self-reward with both modes compared, resumed, is the same bit for bit", async () => {
    const overrides = ["game.task=word-sums", "algorithm.name=lsp", "eval.limit=1", "judge.reward.kind=verifier"];
    overrides.push("judge.self_reward.kind=rubric", "judge.rubric.compare=3", "judge.rubric.max_tokens=5");
    const config = configOf(...overrides);
    await startRun(config, { home, id: "whole", onEvent: () => {} });
    const stopping = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.type === "round" && event.record.round === 1) stopping.abort();
    };
    const { status } = await startRun(config, { home, id: "cut", signal: stopping.signal, onEvent });
    assert.equal(status, "stopped");
    await resumeRun({ home, id: "cut", onEvent: () => {} });

    const [whole, resumed] = [await played("whole"), await played("cut")];
    assert.deepEqual(resumed.answers, whole.answers);
    assert.deepEqual(
      resumed.rounds.map(({ metrics }) => metrics),
      whole.rounds.map(({ metrics }) => metrics),
    );
    for (const { selfReward, probabilities } of whole.answers) {
      assert.ok(Math.abs(sumOf(probabilities!) - selfReward!) < 1e-9);
    }
    for (const { metrics } of whole.rounds) {
      // A random model's five tokens are no verdict.
      assert.deepEqual([metrics["judge/modes/both"], metrics["judge/modes/spearman"]], [0, null]);
      assert.equal(metrics["judge/modes/unscored_generate"], 3);
      assert.equal(metrics["judge/modes/unscored_criterion_logits"], 0);
    }
  });

  test("in words, with the probabilities beside them", async () => {
    const overrides = ["game.rounds=1", "judge.rubric.mode=generate", "judge.rubric.compare=100"];
    await startRun(configOf(...overrides, "judge.rubric.max_tokens=5"), { home, id: "words", onEvent: () => {} });
    const { rounds, answers } = await played("words");
    const [{ metrics }] = rounds as [RoundRecord];
    assert.equal(metrics["judge/rubric/frac_cut"]! + metrics["judge/rubric/frac_no_verdict"]!, 1);
    assert.equal(metrics["judge/rubric/frac_sum_differs"], null);
    assert.deepEqual(
      [metrics["judge/modes/unscored_generate"], metrics["judge/modes/unscored_criterion_logits"]],
      [4, 0],
    );
    assert.ok(answers.every(({ reward, probabilities }) => reward === null && probabilities === undefined));
  });
});
