/** What the editor asks of a real daemon, on one small run: configs as texts, rounds as columns, texts and tokens, comparisons. */
import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { parseConfig } from "../../daemon/config/load.ts";
import { SparringError } from "../../daemon/errors.ts";
import type { ParamsOf } from "../../daemon/protocol.ts";
import { toJsonLines } from "../../daemon/store/jsonl.ts";
import { Store } from "../../daemon/store/store.ts";
import { nanoConfig, startDaemon, until } from "./daemons.ts";

const run = "small";
const problem =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof SparringError && error.code === code && error.next !== "";

/** Plays a run to its end. */
async function play(client: DaemonClient, id: string, config: Record<string, unknown>): Promise<void> {
  await client.request("sparring/run/start", { run: id, config });
  await finished(client, id);
}

/** Waits until a run has finished; a busy machine takes its time. */
async function finished(client: DaemonClient, id: string): Promise<void> {
  await until(async () => (await client.request("sparring/run/get", { run: id })).overview.state === "finished", 120);
}

test("the editor's verbs", async (t) => {
  const { home, connect } = await startDaemon(t);
  const client = await connect();
  const store = new Store(home);
  await play(client, run, nanoConfig(3));
  const file = join(home, "draft.sparring.yaml");

  await t.test(
    "config/check: a config, or all that is wrong with it, with places; settings are of the file's folder",
    async () => {
      const text =
        "model: { path: ./m }\ngame: { task: addition, quries: 3 }\nalgorithm: { name: grpo, alpha_challenger: 1 }\n";
      const bad = await client.request("sparring/config/check", { text, file });
      assert.equal(bad.config, null);
      assert.deepEqual(
        bad.problems.map(({ code, place }) => [code, place]),
        [
          ["config/unknown-key", `${file}:2:25`],
          ["config/unused-key", `${file}:3:26`],
        ],
      );
      const mended = text.replace("quries", "queries").replace(", alpha_challenger: 1", "");
      const settings = ["model.reference=../other", "kl.beta=0.5"];
      const good = await client.request("sparring/config/check", { text: mended, file, settings });
      const { config } = parseConfig(mended, {
        file,
        overrides: [`model.reference=${join(home, "../other")}`, "kl.beta=0.5"],
      });
      assert.deepEqual(good, { config: { ...config }, problems: [], warnings: [] });
      const wrong = await client.request("sparring/config/check", { text: mended, file, settings: ["kl.beta=-1"] });
      assert.deepEqual(
        wrong.problems.map(({ place }) => place),
        ["command line"],
      );
      const odd = await client.request("sparring/config/check", {
        text: `${mended}optimizer: { warmup_rounds: 999 }\n`,
        file,
      });
      assert.deepEqual(
        odd.warnings.map(({ code, place, next }) => [code, place, next !== ""]),
        [["config/long-warmup", `${file}:4:29`, true]],
      );
    },
  );

  await t.test("run/config: a text that parses back to the run's config", async () => {
    const { text } = await client.request("sparring/run/config", { run });
    assert.match(text, /^# .*small/);
    const { config } = await client.request("sparring/run/get", { run });
    assert.deepEqual({ ...parseConfig(text, { file }).config }, config);
    await assert.rejects(client.request("sparring/run/config", { run: "none" }), problem("store/unknown-run"));
  });

  await t.test("run/changes: what a fork with a text is, and that is what the fork becomes", async () => {
    const { text } = await client.request("sparring/run/config", { run });
    assert.deepEqual(await client.request("sparring/run/changes", { run, text, file }), {
      changes: [],
      settings: [],
      problems: [],
      warnings: [],
    });
    const changed = text
      .replace(/rounds: 3/, "rounds: 4")
      .replace(/ {2}name: lsp\n {2}alpha_challenger: 0.25/, "  name: lsp-zero");
    assert.notEqual(changed, text);
    const asked = await client.request("sparring/run/changes", {
      run,
      text: changed.replace(/judge:\n( .*\n)+/, ""),
      file,
    });
    assert.deepEqual(asked.problems, []);
    assert.ok(
      asked.settings.includes("algorithm.name=lsp-zero") && asked.settings.includes("game.rounds=4"),
      String(asked.settings),
    );
    const fork = "forked";
    await client.request("sparring/run/fork", { run: fork, parent: run, settings: asked.settings });
    await finished(client, fork);
    const { config, lineage } = await client.request("sparring/run/get", { run: fork });
    assert.deepEqual(config, { ...parseConfig(changed.replace(/judge:\n( .*\n)+/, ""), { file }).config });
    assert.deepEqual(Object.keys(lineage!.changes).sort(), asked.changes.map(({ key }) => key).sort());

    const broken = await client.request("sparring/run/changes", { run, text: `${text}extra: 1\n`, file });
    assert.deepEqual([broken.settings, broken.problems.map(({ code }) => code)], [[], ["config/unknown-key"]]);
  });

  await t.test(
    "round/series: the metrics of rounds.jsonl as columns, to six digits, with what was played since",
    async () => {
      const metrics = ["eval/accuracy", "solver/reward", "no/such"];
      const { rounds, series } = await client.request("sparring/round/series", { run, metrics });
      const stored = await store.readRounds(run);
      assert.deepEqual(rounds, [0, 1, 2, 3]);
      const short = (value: number | null = null): number | null => value && Number(value.toPrecision(6));
      for (const name of metrics)
        assert.deepEqual(
          series[name],
          stored.map((each) => short(each.metrics[name])),
          name,
        );
      const last = stored.at(-1)!;
      const file = join(store.dir(run), "rounds.jsonl");
      const before = readFileSync(file);
      appendFileSync(file, `${JSON.stringify({ ...last, round: 4 })}\n`);
      assert.deepEqual((await client.request("sparring/round/series", { run, metrics, after: 3 })).rounds, [4]);
      await store.fs.write(file, before);
      assert.deepEqual((await client.request("sparring/round/series", { run, metrics, after: 2 })).rounds, [3]);
    },
  );

  await t.test(
    "round/document: a round as a text, a new one when it was played again; only of rounds that there are",
    async () => {
      const { text } = await client.request("sparring/round/document", { run, round: 2 });
      for (const query of await store.readSamples(run, 2)) assert.ok(text.includes(query.text));
      const file = join(store.dir(run), "samples/000002.jsonl");
      const before = readFileSync(file);
      const [query] = await store.readSamples(run, 2);
      await store.fs.write(file, toJsonLines([{ ...query, text: "what is asked this time" }]));
      const again = await client.request("sparring/round/document", { run, round: 2 });
      assert.match(again.text, /what is asked this time/);
      await store.fs.write(file, before);
      assert.equal((await client.request("sparring/round/document", { run, round: 2 })).text, text);
      await assert.rejects(client.request("sparring/round/document", { run, round: 9 }), problem("run/no-such-round"));
    },
  );

  await t.test("round/tokens: a piece of text for every token", async () => {
    for (const query of await store.readSamples(run, 1)) {
      const pieces = await client.request("sparring/round/tokens", { run, round: 1, query: query.index });
      assert.equal(pieces.query.length, query.tokens.length);
      for (const [i, { tokens, text, stop }] of query.answers.entries()) {
        assert.equal(pieces.answers[i]!.length, tokens.length);
        const said = pieces.answers[i]!.filter((piece) => !/^<\|.*\|>$/.test(piece)).join("");
        assert.deepEqual([said, pieces.answers[i]!.at(-1) === "<|end|>"], [text, stop === "stop"]);
      }
    }
    await assert.rejects(
      client.request("sparring/round/tokens", { run, round: 1, query: 99 }),
      problem("run/no-such-query"),
    );
  });

  await t.test("round/tokens: of a model that is gone say so", async () => {
    const dir = join(home, "model");
    cpSync("daemon/models/nano/weights", dir, { recursive: true });
    await play(client, "gone", { ...nanoConfig(1), model: { path: dir, reference: "stage" } });
    await store.fs.rename(dir, `${dir}-moved`);
    const asked = client.request("sparring/round/tokens", { run: "gone", round: 1, query: 0 });
    await assert.rejects(asked, problem("run/model-gone"));
    const { config } = await client.request("sparring/run/get", { run: "gone" });
    const { bytes, basis } = await client.request("sparring/engine/estimate", { config });
    assert.deepEqual([bytes, /not on this machine/.test(basis)], [null, true]);
  });

  await t.test("sample/next: blind, spread, never what was rated, and what was taken back only by name", async () => {
    const rater = "ada";
    const { samples } = await client.request("sparring/sample/next", { run, rater, count: 100 });
    const stored = await Promise.all([1, 2, 3].map((round) => store.readSamples(run, round)));
    const answers = stored.flat().flatMap((query) => query.answers);
    assert.equal(samples.length, answers.length);
    const [first] = samples;
    assert.deepEqual(Object.keys(first!).sort(), [
      ...["answer", "answerText", "query", "queryText", "reason", "round", "run", "stop", "tokens"],
    ]);
    const { round, query, answer } = first!;
    const rating = { id: "r1", rater, round, query, answer, score: null, blind: true };
    await client.request("sparring/sample/rate", { run, rating });
    const placesOf = async (params: Omit<ParamsOf<"sparring/sample/next">, "run" | "rater">): Promise<string[]> => {
      const next = await client.request("sparring/sample/next", { run, rater, ...params });
      return next.samples.map((each) => `${each.round}/${each.query}/${each.answer}`);
    };
    const rated = `${round}/${query}/${answer}`;
    assert.ok(!(await placesOf({ count: 100 })).includes(rated));
    assert.deepEqual(await placesOf({ first: round, only: { query, answer } }), []);
    assert.deepEqual((await client.request("sparring/sample/next", { run, rater: "bob" })).samples.length, 20);
    await client.request("sparring/sample/unrate", { run, id: "r1" });
    assert.deepEqual(await placesOf({ first: round, only: { query, answer } }), [rated]);
    assert.ok(!(await placesOf({ count: 100 })).includes(rated), "they may have seen how it was scored");
    assert.ok((await placesOf({ first: 2, last: 2, count: 100 })).every((place) => place.startsWith("2/")));
    const [file, aside] = [join(store.dir(run), "samples/000002.jsonl"), join(home, "aside.jsonl")];
    renameSync(file, aside);
    const others = (await placesOf({ count: 100 })).map((place) => place.split("/")[0]);
    assert.deepEqual([...new Set(others)].sort(), ["1", "3"], "a round without samples is passed over");
    await assert.rejects(placesOf({ first: 2, last: 2 }), problem("store/no-samples"));
    renameSync(aside, file);
    await assert.rejects(placesOf({ first: 1, only: { query: 99 } }), problem("run/no-such-query"));
    await assert.rejects(placesOf({ first: round, only: { query, answer: 99 } }), problem("run/no-such-answer"));
  });

  await t.test(
    "judge/agreement: counts what was rated blind, by rounds and by rater, and says what is too little",
    async () => {
      const { samples } = await client.request("sparring/sample/next", { run, rater: "eve", count: 4 });
      for (const [i, { round, query, answer }] of samples.entries()) {
        const score = i === 0 ? null : 5;
        const rating = { id: `eve${i}`, rater: "eve", round, query, answer, score, blind: i !== 1 };
        await client.request("sparring/sample/rate", { run, rating });
      }
      const { overall, left, health, byRounds } = await client.request("sparring/judge/agreement", { run });
      assert.deepEqual(left, { notBlind: 1, skipped: 1, unjudged: 0 });
      assert.deepEqual([overall.ratings, overall.kappa], [2, { kind: "too-few", n: overall.queries, of: 30 }]);
      assert.deepEqual(
        byRounds.map(({ first, last }) => [first, last]),
        [
          [1, 1],
          [2, 2],
          [3, 3],
        ],
      );
      assert.ok(health.some(({ metric }) => metric === "judge/frac_unscored_self_reward"));
      const others = await client.request("sparring/judge/agreement", { run, rater: "bob" });
      assert.equal(others.overall.ratings, 0);
      const { round } = samples[2]!;
      const some = await client.request("sparring/judge/agreement", { run, first: round, last: round });
      assert.equal(some.overall.ratings, samples.slice(2).filter((each) => each.round === round).length);
      for (const i of samples.keys()) await client.request("sparring/sample/unrate", { run, id: `eve${i}` });
    },
  );

  await t.test("checkpoint/compare: equal weights give equal answers, others others; progress is told", async () => {
    const steps: string[] = [];
    const off = client.on("sparring/task/progress", ({ task, what, done, total }) =>
      steps.push(`${task} ${what} ${done}/${total}`),
    );
    const current = { run, weights: "current" } as const;
    const saved = { run, weights: { checkpoint: 3 } };
    const base = { run, weights: "reference" } as const;
    const prompts = { heldOut: 12 };
    const same = await client.request("sparring/checkpoint/compare", { sides: [current, saved], prompts, task: "c" });
    off();
    assert.deepEqual(same.weights, ["round 3", "round 3"]);
    assert.equal(same.prompts.length, 12);
    for (const { answers, expected } of same.prompts) {
      assert.deepEqual(answers[0], answers[1]);
      assert.equal(answers[0]!.reward, Number(answers[0]!.text === expected));
      assert.ok(answers[0]!.selfReward !== null, "an lsp run has both judges");
    }
    assert.deepEqual(
      [...new Set(steps.map((step) => step.replace(/\d+\/24/, "n/24")))],
      ["c small (round 3) answers n/24"],
    );
    const other = await client.request("sparring/checkpoint/compare", { sides: [current, base], prompts });
    assert.deepEqual(
      other.prompts.map(({ answers }) => answers[0]),
      same.prompts.map(({ answers }) => answers[0]),
      "a side's answers don't depend on the other side",
    );
    assert.ok(other.prompts.some(({ answers }) => answers[0]!.logprob !== answers[1]!.logprob));
    const swapped = await client.request("sparring/checkpoint/compare", { sides: [base, current], prompts });
    assert.deepEqual(
      swapped.prompts.map(({ answers }) => [...answers].reverse()),
      other.prompts.map(({ answers }) => answers),
    );
  });

  await t.test("checkpoint/compare: stored queries, and free texts, which nobody scores", async () => {
    const sides = [
      { run, weights: "current" as const },
      { run: "forked", weights: "current" as const },
    ];
    const stored = (await store.readSamples(run, 2)).filter(({ admitted }) => admitted);
    const queries = stored.map(({ index }) => index);
    const { prompts, weights } = await client.request("sparring/checkpoint/compare", {
      sides,
      prompts: { round: 2, queries },
    });
    assert.deepEqual(
      prompts.map(({ text, expected }) => [text, expected]),
      stored.map(({ text, expected }) => [text, expected]),
    );
    assert.deepEqual(weights, ["round 3", "round 4"]);
    const texts = ["12+34", "Hi!"];
    const free = await client.request("sparring/checkpoint/compare", {
      sides,
      prompts: { texts },
      temperature: 0,
      maxTokens: 3,
    });
    assert.deepEqual(
      free.prompts.map(({ text, expected }) => [text, expected]),
      [
        ["12+34", "46"],
        ["Hi!", undefined],
      ],
    );
    for (const { reward, selfReward, unscored } of free.prompts[1]!.answers) {
      assert.deepEqual([reward, selfReward, unscored], [null, null, undefined]);
    }
    assert.ok(free.prompts[0]!.answers.every(({ reward }) => reward !== null));
    const long = { sides, prompts: { texts: ["1".repeat(500)] } };
    await assert.rejects(client.request("sparring/checkpoint/compare", long), problem("run/prompt-too-long"));
    const unknown = { sides, prompts: { round: 2, queries: [99] } };
    await assert.rejects(client.request("sparring/checkpoint/compare", unknown), problem("run/no-such-query"));
  });

  await t.test(
    "comparison/pick: is there after a kill once acknowledged, counts once, can be taken back",
    async (t) => {
      const sides = [
        { run, weights: "current" as const },
        { run: "forked", weights: { checkpoint: 4 } },
      ];
      const pick = { rater: "ada", prompt: "1+2", sides, answers: ["3", "4"], choice: "first" as const, blind: true };
      for (const id of ["a", "b", "a"]) await client.request("sparring/comparison/pick", { pick: { ...pick, id } });
      assert.deepEqual(await client.request("sparring/comparison/unpick", { run, id: "b" }), { picks: 1 });
      const clash = client.request("sparring/comparison/pick", { pick: { ...pick, id: "a", choice: "tie" } });
      await assert.rejects(clash, problem("store/pick-conflict"));
      await assert.rejects(
        client.request("sparring/comparison/unpick", { run, id: "x" }),
        problem("store/unknown-pick"),
      );
      const nobody = { ...pick, id: "c", sides: [sides[0]!, { run: "none", weights: "current" as const }] };
      await assert.rejects(client.request("sparring/comparison/pick", { pick: nobody }), problem("store/unknown-run"));

      const copy = join(home, "second-home");
      mkdirSync(join(copy, "runs"), { recursive: true, mode: 0o700 });
      cpSync(join(home, "runs"), join(copy, "runs"), { recursive: true });
      const other = await (await startDaemon(t, copy)).connect();
      const { picks } = await other.request("sparring/comparison/list", { run });
      assert.deepEqual(
        picks.map(({ at, ...rest }) => [typeof at, rest]),
        [["string", { ...pick, id: "a" }]],
      );
    },
  );

  await t.test("engine/estimate: what the process of such a run needs, in parts", async () => {
    const { bytes, parts, free, basis } = await client.request("sparring/engine/estimate", { config: nanoConfig(3) });
    assert.equal(
      parts.reduce((sum, part) => sum + part.bytes, 0),
      bytes,
    );
    assert.ok(free! > 0 && basis !== "");
    const bad = { ...nanoConfig(3), seed: "x" };
    await assert.rejects(client.request("sparring/engine/estimate", { config: bad }), problem("config/wrong-type"));
  });
});
