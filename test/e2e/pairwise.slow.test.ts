/** Games whose answers are compared: by a server that knows sums, by one that goes by position, and by a model that is read. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { requests } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import { startRun } from "../../daemon/runs/run.ts";
import type { QueryRecord, RoundRecord } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { addition } from "../../daemon/tasks/addition.ts";
import { writeChatModel } from "../engine/chat-model.ts";
import { type Answerer, reply, type Server, serve } from "../unit/judge/judge-server.ts";

const small = ["engine.threads=1", "game.queries=4", "game.answers=4", "game.rounds=2", "kl.beta=0"];
const nano =
  "model: {path: builtin:nano}\ngame: {task: addition}\nalgorithm: {name: grpo}\nsolver: {max_tokens: 6}\neval: {limit: 3}\n";

function homeOf(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "sparring-pairwise-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

interface Played {
  readonly rounds: readonly RoundRecord[];
  readonly queries: readonly QueryRecord[];
}

async function play(home: string, text: string, server: Server | undefined, ...overrides: string[]): Promise<Played> {
  const { config } = parseConfig(text, { file: "a.yaml", overrides: [...small, ...overrides] });
  const store = new Store(home);
  if (server) await store.agree("pairs", [server.origin]);
  const { status } = await startRun(config, { home, id: "pairs", onEvent: () => {} });
  assert.equal(status, "finished");
  const rounds = (await store.readRounds("pairs")).slice(1);
  const queries = await Promise.all(rounds.map(({ round }) => store.readSamples("pairs", round)));
  return { rounds, queries: queries.flat() };
}

const byServer = ({ origin }: Server): string[] => [
  "judge.reward.kind=pairwise",
  "judge.pairwise.by=endpoint",
  `judge.endpoint.url=${origin}/v1`,
  "judge.endpoint.model=m",
];

const shownAs = (prompt: string, tag: string): string =>
  new RegExp(`<${tag}>\n(.*?)\n</${tag}>`, "s").exec(prompt)![1]!;
const isRight = (query: string, answer: string): boolean => addition.verify(query, answer) === 1;

/** Knows the sums, and prefers who does. */
const knowsSums: Answerer = ({ body }, response) => {
  const prompt = body.messages[0]!.content;
  const query = shownAs(prompt, "Instruction");
  const [a, b] = [isRight(query, shownAs(prompt, "Response_A")), isRight(query, shownAs(prompt, "Response_B"))];
  reply(response, `I have added them up.\n<Better>${a === b ? "tie" : a ? "A" : "B"}</Better>`);
};

describe("a game of pairs", () => {
  test("by a server that knows sums: who is right wins against who is wrong, and the game learns from it", async (t) => {
    const [home, server] = [homeOf(t), await serve(t, knowsSums)];
    const { rounds, queries } = await play(home, nano, server, ...byServer(server));
    let mixed = 0;
    for (const { text, answers } of queries) {
      const right = answers.map((answer) => isRight(text, answer.text));
      const rights = right.filter(Boolean).length;
      if (rights > 0 && rights < 4) mixed++;
      for (const [i, { reward, rationale }] of answers.entries()) {
        // All four meet: the wrong ones are beaten, those like it tied.
        const expected = right[i] ? (4 - rights + (rights - 1) / 2) / 3 : (4 - rights - 1) / 2 / 3;
        assert.ok(Math.abs(reward! - expected) < 1e-9);
        assert.match(rationale!, /^won \d of 3: /);
      }
    }
    assert.ok(mixed > 0, "nano at temperature 1 gets some sums right now and then");
    const sum = (metric: string): number => rounds.reduce((total, { metrics }) => total + metrics[metric]!, 0);
    assert.equal(sum("judge/pairwise/duels"), queries.length * 6);
    const asked = sum("judge/pairwise/duels") - sum("judge/pairwise/equal");
    assert.deepEqual([server.asked.length, sum("judge/endpoint/requests")], [2 * asked, 2 * asked]);
    assert.deepEqual([sum("judge/pairwise/swapped"), sum("judge/pairwise/unscored")], [0, 0]);
    assert.ok(sum("grad_norm") > 0);

    // The same server judges an evaluation of that run, in both orders.
    const runs = await Supervisor.open({ home, log: () => {} });
    t.after(() => runs.close());
    const before = server.asked.length;
    const against = { run: "pairs", weights: "reference" } as const;
    const params = { run: "pairs", against, judge: "pairwise", limit: 60 } as const;
    const told: string[] = [];
    const { against: duels, accuracy } = await runs.evaluate(
      requests["sparring/checkpoint/evaluate"].params.parse(params),
      { signal: new AbortController().signal, onProgress: (what) => told.push(what) },
    );
    const { wins, ties, losses, unscored, swapped } = duels!;
    assert.deepEqual([wins + ties + losses, unscored, swapped], [60, 0, 0]);
    assert.ok((server.asked.length - before) % 2 === 0);
    assert.ok(told.includes("pairs (endpoint:m) judges"));
    assert.ok(accuracy.value > 0);

    // In a comparison the two answers to a prompt meet each other: those of the run, and of a fork that went astray.
    const astray = ["judge.reward.kind=verifier", "optimizer.lr=0.05", "game.rounds=6"];
    const isOver = new Promise<void>((resolve) => {
      runs.on("changed", ({ id, state }) => {
        if (id === "astray" && !["queued", "starting", "running"].includes(state)) resolve();
      });
    });
    await runs.fork({ run: "astray", parent: "pairs", settings: astray });
    await isOver;
    await runs.agree({ run: "astray", origins: [server.origin] });
    const sides = ["pairs", "astray"].map((run) => ({ run, weights: "current" as const }));
    const compared = await runs.comparisons.compare(
      requests["sparring/checkpoint/compare"].params.parse({ sides, prompts: { heldOut: 40 } }),
      { signal: new AbortController().signal, onProgress: () => {} },
    );
    let decided = 0;
    for (const { text, answers } of compared.prompts) {
      const right = answers.map((answer) => Number(isRight(text, answer.text)));
      const expected = (1 + right[0]! - right[1]!) / 2;
      assert.deepEqual(
        answers.map(({ reward }) => reward),
        [expected, 1 - expected],
      );
      for (const { rationale } of answers) assert.match(rationale!, /^won \d of 1: /);
      if (expected !== 0.5) decided++;
    }
    assert.ok(decided > 0, "one of them is right where the other is not");
  });

  test("by a server that goes by position: all rewards are ½, nothing is learned, and the rounds say why", async (t) => {
    const server = await serve(t, (_, response) => reply(response, "<Better>A</Better>"));
    const { rounds, queries } = await play(homeOf(t), nano, server, ...byServer(server));
    for (const { answers } of queries) {
      assert.deepEqual(
        answers.map(({ reward, advantage }) => [reward, advantage]),
        answers.map(() => [0.5, 0]),
      );
    }
    for (const { metrics } of rounds) {
      assert.equal(metrics.grad_norm, 0);
      const [duels, equal] = [metrics["judge/pairwise/duels"]!, metrics["judge/pairwise/equal"]!];
      assert.ok(duels > equal);
      assert.equal(metrics["judge/pairwise/swapped"], duels - equal);
    }
  });

  test("of lsp has one server for pairs and for the self-reward: both are counted, and the rubric's flaws", async (t) => {
    const server = await serve(t, (asked, response, place) => {
      if (asked.body.messages[0]!.content.includes("<Response_A>")) knowsSums(asked, response, place);
      else reply(response, server.asked.length % 2 === 0 ? "No score." : "<Score>5</Score>");
    });
    const lsp = ["algorithm.name=lsp", "challenger.max_tokens=10", "judge.self_reward.kind=endpoint"];
    const { rounds, queries } = await play(homeOf(t), nano, server, ...lsp, ...byServer(server));
    const scored = server.asked.filter(({ body }) => !body.messages[0]!.content.includes("<Response_A>")).length;
    const answers = queries.flatMap((query) => query.answers);
    assert.equal(scored, answers.length);
    const requestsOf = rounds.reduce((total, { metrics }) => total + metrics["judge/endpoint/requests"]!, 0);
    assert.equal(requestsOf, server.asked.length);
    assert.ok(requestsOf > scored);
    for (const { metrics } of rounds) {
      const without = metrics["judge/rubric/frac_no_verdict"]!;
      assert.ok(without > 0 && without < 1);
    }
    for (const { selfReward, unscored } of answers) {
      assert.ok(selfReward === 5 || (selfReward === null && /neither an integer/.test(unscored!)));
    }
  });

  test("with a server as the self-reward alone has its tokens in every round", async (t) => {
    const server = await serve(t, (_, response) => reply(response, "<Score>3</Score>"));
    const self = ["algorithm.name=lsp", "challenger.max_tokens=10", "judge.self_reward.kind=endpoint"];
    const { rounds, queries } = await play(homeOf(t), nano, server, ...self, ...byServer(server).slice(2));
    const tokens = rounds.reduce((total, { metrics }) => total + metrics["judge/endpoint/completion_tokens"]!, 0);
    assert.ok(tokens > 0);
    assert.equal(tokens, 2 * queries.flatMap(({ answers }) => answers).length);
  });

  test("by a model that is read: no answer is unscored, and the rationale has the probabilities of both looks", async (t) => {
    const home = homeOf(t);
    await writeChatModel(join(home, "model"));
    const text = `model: {path: "${join(home, "model")}"}\ngame: {task: word-sums}\nalgorithm: {name: grpo}\nsolver: {max_tokens: 6}\neval: {limit: 1}\n`;
    const read = ["judge.reward.kind=pairwise", "judge.pairwise.mode=logits", "judge.pairwise.opponents=2"];
    const { rounds, queries } = await play(home, text, undefined, ...read);
    for (const { answers } of queries) {
      const total = answers.reduce((sum, { reward }) => sum + reward!, 0);
      assert.equal(total, 2, "each of four meets two: four duels share four points among them, as shares of two");
      for (const { rationale } of answers)
        assert.match(rationale!, /^won \d of 2: .*\n.*shown as [AB]: P\(A\) is 0\.\d{3}/s);
    }
    for (const { metrics } of rounds) assert.equal(metrics["judge/pairwise/unscored"], 0);
  });
});
