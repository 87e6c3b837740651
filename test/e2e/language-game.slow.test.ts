/**
 * Games in words, on a small random chat model through the real engine: its judge's replies are its own, or made up where a
 * verdict is needed.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { applyOverrides, parseConfig } from "../../daemon/config/load.ts";
import type { Completion, Engine } from "../../daemon/engine/engine.ts";
import { SparringError } from "../../daemon/errors.ts";
import { ChatTokenizer } from "../../daemon/models/tokenizer.ts";
import { requests } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { RunEvent } from "../../daemon/runs/events.ts";
import { resumeRun, startRun } from "../../daemon/runs/run.ts";
import type { QueryRecord, RoundRecord } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { writeChatModel } from "../engine/chat-model.ts";

describe("a game in words", () => {
  let home = "";
  let model = "";
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "sparring-language-"));
    model = join(home, "model");
    await writeChatModel(model);
  });
  after(() => rmSync(home, { recursive: true }));

  const configOf = () =>
    parseConfig(
      `
model: { path: "${model}" }
engine: { threads: 1 }
game: { task: open, queries: 2, answers: 2, rounds: 3 }
algorithm: { name: lsp-zero }
judge: { reward: { kind: rubric }, rubric: { max_tokens: 6 } }
challenger: { task: [Chess, Go], template: ["{x}", "Why {x}?"], max_tokens: 6 }
admission: { on_reject: off }
solver: { max_tokens: 6 }
optimizer: { lr: 1.0e-3 }
`,
      { file: "language.yaml" },
    ).config;

  /** An engine whose judge gives scores that depend on the reply's place alone, without being asked. */
  const scripted =
    (tokenizer: ChatTokenizer) =>
    (engine: Engine): Engine => {
      const sample: Engine["sample"] = async (asked, options) => {
        if (asked[0]?.key.role !== "judge") return engine.sample(asked, options);
        options.onProgress?.(asked.length, asked.length);
        return asked.map(({ key: { round, query, answer } }): Completion => {
          const reply = `Fair.<Score>${(round + query + 3 * answer) % 8}</Score>`;
          const tokens = Int32Array.from(tokenizer.encode(reply));
          return { tokens, logprobs: new Float32Array(tokens.length), stop: "stop" };
        });
      };
      return new Proxy(engine, {
        get: (target, name) => {
          if (name === "sample") return sample;
          const value: unknown = Reflect.get(target, name);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    };

  async function recordsOf(id: string): Promise<{ rounds: readonly RoundRecord[]; queries: QueryRecord[] }> {
    const store = new Store(home);
    const rounds = await store.readRounds(id);
    const queries = await Promise.all(rounds.slice(1).map(({ round }) => store.readSamples(id, round)));
    return { rounds, queries: queries.flat() };
  }

  test("in which the judge gives no verdict plays on, learns nothing from rewards, and says so", async () => {
    await startRun(configOf(), { home, id: "silent", onEvent: () => {} });
    const { rounds, queries } = await recordsOf("silent");
    assert.equal(rounds.length, 4);
    for (const { round, metrics, notes, phases } of rounds.slice(1)) {
      assert.deepEqual([metrics["solver/reward"], metrics["judge/frac_unscored_reward"]], [null, 1]);
      assert.ok(
        notes.some((note) => /4 of 4 answers are unscored/.test(note)),
        `round ${round}: ${notes}`,
      );
      assert.ok(notes.some((note) => /the Challenger learns nothing/.test(note)));
      assert.ok(phases.judge! > 0);
    }
    const answers = queries.flatMap((query) => query.answers);
    assert.equal(answers.length, 12);
    for (const { reward, advantage, unscored, rationale } of answers) {
      assert.deepEqual([reward, advantage], [null, 0]);
      assert.match(unscored!, /cut at the token limit|neither an integer/);
      assert.notEqual(rationale, undefined, "what the judge said is kept");
    }
  });

  test("has no held-out tasks: nothing is measured, and to ask for it is a clear error", async () => {
    const { rounds, queries } = await recordsOf("silent");
    for (const { metrics } of rounds) assert.equal("eval/accuracy" in metrics, false);
    assert.ok(queries.every(({ expected }) => expected === undefined));
    const runs = await Supervisor.open({ home, log: () => {} });
    try {
      assert.equal((await runs.list({ limit: 10 })).runs.find(({ id }) => id === "silent")!.accuracy, null);
      const params = requests["sparring/checkpoint/evaluate"].params.parse({ run: "silent" });
      await assert.rejects(
        runs.evaluate(params, { signal: new AbortController().signal, onProgress: () => {} }),
        (error: unknown) => error instanceof SparringError && error.code === "task/not-verifiable",
      );
    } finally {
      await runs.close();
    }
  });

  test("learns from the judge's scores, and a resumed run is the same bit for bit", async () => {
    const share = scripted(await ChatTokenizer.load(model));
    const judged: number[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === "progress" && event.phase === "judge" && event.done === event.total) judged.push(event.done);
    };
    await startRun(configOf(), { home, id: "whole", share, onEvent });
    assert.deepEqual(judged, [4, 4, 4], "judging tells its progress");
    const stopping = new AbortController();
    const stopAfterFirst = (event: RunEvent): void => {
      if (event.type === "round" && event.record.round === 1) stopping.abort();
    };
    const cut = await startRun(configOf(), {
      home,
      id: "cut",
      share,
      signal: stopping.signal,
      onEvent: stopAfterFirst,
    });
    assert.equal(cut.status, "stopped");
    await resumeRun({ home, id: "cut", share, onEvent: () => {} });

    const [whole, resumed] = [await recordsOf("whole"), await recordsOf("cut")];
    assert.deepEqual(resumed.queries, whole.queries);
    assert.deepEqual(
      resumed.rounds.map(({ metrics }) => metrics),
      whole.rounds.map(({ metrics }) => metrics),
    );
    for (const { round, metrics } of whole.rounds.slice(1)) {
      assert.equal(metrics["judge/frac_unscored_reward"], 0);
      assert.ok(metrics.grad_norm! > 0.01, `round ${round} learned ${metrics.grad_norm}`);
    }
    const [first] = whole.queries;
    assert.deepEqual(
      first!.answers.map(({ reward, rationale }) => [reward, rationale]),
      [
        [1 / 7, "Fair."],
        [4 / 7, "Fair."],
      ],
    );
  });

  test("of sums: R by the verifier, R_Q by the rubric, and held-out sums are measured", async () => {
    const overrides = ["game.task=word-sums", "algorithm.name=lsp", "judge.reward.kind=verifier"];
    const { config } = applyOverrides(configOf(), [...overrides, "judge.self_reward.kind=rubric", "eval.limit=5"]);
    await startRun(config, { home, id: "sums", share: scripted(await ChatTokenizer.load(model)), onEvent: () => {} });
    const { rounds, queries } = await recordsOf("sums");
    assert.deepEqual([rounds[0]!.metrics["eval/tasks"], rounds[0]!.metrics["eval/accuracy"]], [5, 0]);
    for (const { selfReward, reward, advantage } of queries.flatMap(({ answers }) => answers)) {
      assert.equal(reward, 0, "no text of a random model is a sum");
      assert.ok(selfReward !== null && advantage !== 0);
    }
  });
});
