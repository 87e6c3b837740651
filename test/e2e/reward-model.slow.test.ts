/** Runs on nano whose rewards come from the small reward model, from a server, and from both with the verifier. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import { startRun } from "../../daemon/runs/run.ts";
import { Store } from "../../daemon/store/store.ts";
import { reply, serve } from "../unit/judge/judge-server.ts";

const key = "sk-e2e-secret-0123456789";

function configOf(...overrides: string[]) {
  const text = "model: {path: builtin:nano}\ngame: {task: addition}\nalgorithm: {name: grpo}\n";
  const small = ["game.queries=3", "game.answers=4", "game.rounds=2", "solver.max_tokens=6", "eval.limit=3"];
  return parseConfig(text, { file: "a.yaml", overrides: [...small, "engine.threads=1", ...overrides] }).config;
}

async function play(t: TestContext, agreed: readonly string[], ...overrides: string[]) {
  const home = mkdtempSync(join(tmpdir(), "sparring-judges-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const given = (url: string): string | undefined => (url.startsWith("http://127.0.0.1") ? key : undefined);
  await new Store(home).agree("judged", agreed);
  const summary = await startRun(configOf(...overrides), { home, id: "judged", onEvent: () => {}, keyFor: given });
  assert.equal(summary.status, "finished");
  const store = new Store(home);
  const rounds = await store.readRounds("judged");
  const answers = (await store.readSamples("judged", 2)).flatMap((query) => query.answers);
  const { judges } = await store.readRun("judged");
  return { dir: summary.dir, rounds, answers, judges };
}

describe("a run", () => {
  test("with a reward model has its values and says its logits", async (t) => {
    const { answers } = await play(t, [], "judge.reward.kind=model");
    assert.equal(answers.length, 12);
    for (const { reward, rationale } of answers) {
      assert.ok(reward !== null && reward > 0 && reward < 1);
      assert.match(rationale!, /the reward model's logit is/);
    }
  });

  test("with a reward model's logit records that it has no bounds", async (t) => {
    const { judges } = await play(t, [], "judge.reward.kind=model", "judge.model.output=logit");
    assert.deepEqual(judges, { reward: { name: "reward-model:nano-reward", low: null, high: null } });
  });

  test("with an ensemble asks all its judges; the key is in no file, and tokens are counted", async (t) => {
    const prompts: string[] = [];
    const server = await serve(t, ({ body, key: sent }, response) => {
      assert.equal(sent, `Bearer ${key}`);
      prompts.push(body.messages[0]!.content);
      reply(response, "<Score>7</Score>");
    });
    const weights = ["verifier", "model", "endpoint"].map((judge) => `judge.ensemble.${judge}.weight=1`);
    const endpoint = [`judge.endpoint.url=${server.origin}/v1`, "judge.endpoint.model=m"];
    const { dir, rounds, answers } = await play(
      t,
      [server.origin],
      "judge.reward.kind=ensemble",
      ...weights,
      ...endpoint,
    );
    assert.equal(prompts.length, 24);
    for (const { reward, rationale, parts } of answers) {
      assert.ok(reward !== null && reward > 1 / 3 && reward < 1);
      assert.match(rationale!, /^verifier:addition: .*\nreward-model:nano-reward: the reward model's logit is /s);
      const [verifier, model, endpoint] = parts!;
      assert.deepEqual([endpoint!.judge, endpoint!.value], ["endpoint:m", 1]);
      assert.ok(Math.abs(verifier!.value! + model!.value! + 1 - 3 * reward) < 1e-12);
    }
    assert.equal(rounds.at(-1)!.metrics["judge/endpoint/prompt_tokens"], 120);
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), "latin1");
      assert.ok(!text.includes(key), `${entry.name} has the key`);
    }
  });

  test("whose judge is a server does not start from a folder that nobody trusts, and nothing is sent", async (t) => {
    const server = await serve(t, (_, response) => reply(response, "<Score>7</Score>"));
    const home = mkdtempSync(join(tmpdir(), "sparring-judges-"));
    const runs = await Supervisor.open({ home, log: () => {} });
    t.after(async () => {
      await runs.close();
      rmSync(home, { recursive: true, force: true });
    });
    const endpoint = [`judge.endpoint.url=${server.origin}/v1`, "judge.endpoint.model=m"];
    const config = { ...configOf("judge.reward.kind=endpoint", ...endpoint) };
    for (const place of [{}, { file: "/cloned/a.sparring.yaml" }]) {
      await assert.rejects(runs.start({ run: "judged", config, ...place }), { code: "run/not-trusted" });
    }
    assert.deepEqual([server.asked, runs.activeRuns()], [[], []]);
  });
});
