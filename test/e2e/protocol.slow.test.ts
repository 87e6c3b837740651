/** The protocol over real sockets: a daemon process, two clients at once, and real runs of nano. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { AbortedError } from "../../daemon/errors.ts";
import {
  type Method,
  type NotificationParamsOf,
  type ParamsOf,
  type ResultOf,
  type RunState,
  requests,
} from "../../daemon/protocol.ts";
import { openSocket } from "../../daemon/wire/socket.ts";
import { connectTo, nanoConfig, openFiles, startDaemon, until } from "./daemons.ts";

/** Waits for a run to come into a state. */
function reached(client: DaemonClient, run: string, state: RunState): Promise<unknown> {
  return until(async () => {
    const { overview } = await client.request("sparring/run/get", { run });
    if (overview.state === "failed" && state !== "failed") throw new Error(JSON.stringify(overview.problem));
    return overview.state === state;
  }, 60);
}

/** Starts a run that does not end by itself, and waits until it plays. */
async function startLongRun(client: DaemonClient, run = "long"): Promise<void> {
  await client.request("sparring/run/start", { run, config: nanoConfig(100_000) });
  await reached(client, run, "running");
}

describe("every verb, with two clients at once", () => {
  test("is answered as the protocol says", async (t) => {
    const daemon = await startDaemon(t);
    const [one, two] = [await daemon.connect(), await daemon.connect()];
    const exercised = new Set<Method>(["sparring/hello"]);
    const ask = <M extends Method>(client: DaemonClient, method: M, params: ParamsOf<M>): Promise<ResultOf<M>> => {
      exercised.add(method);
      return client.request(method, params);
    };
    const states: string[] = [];
    two.on("sparring/run/changed", ({ id, state }) => states.push(`${id} ${state}`));
    const ratings: number[] = [];
    two.on("sparring/rating/changed", (change) => ratings.push(change.ratings));

    const [run, fork] = ["first", "second"];
    const start = { run, config: nanoConfig(4) };
    assert.equal((await ask(one, "sparring/run/start", start)).id, run);
    assert.equal((await ask(one, "sparring/run/start", start)).id, run, "sent twice, it starts one run");
    const watched = await ask(two, "sparring/run/watch", { run });
    assert.equal(watched.overview.id, run);
    await reached(one, run, "finished");
    await ask(two, "sparring/run/unwatch", { run });
    await until(() => states.includes(`${run} finished`));

    assert.deepEqual(
      (await ask(one, "sparring/run/list", {})).runs.map(({ id }) => id),
      [run],
    );
    const got = await ask(two, "sparring/run/get", { run });
    assert.equal(got.overview.round, 4);
    assert.equal(got.record?.id, run);
    assert.ok((await ask(one, "sparring/run/log", { run })).lines.length > 0);
    const { rounds, more } = await ask(one, "sparring/round/list", { run, after: 1, limit: 2 });
    assert.deepEqual([rounds.map(({ round }) => round), more], [[2, 3], true]);
    const { queries } = await ask(one, "sparring/round/get", { run, round: 2 });
    assert.equal(queries.length, 4);
    const { checkpoints } = await ask(one, "sparring/checkpoint/list", { run });
    assert.deepEqual(
      checkpoints.map(({ round }) => round),
      [3, 4],
    );

    const messages = [{ role: "user" as const, content: "1+1=" }];
    const answer = await ask(two, "sparring/checkpoint/chat", { run, messages, maxTokens: 4 });
    assert.ok(answer.tokens <= 4);
    const replay = { run, round: 2, query: 0, answers: 2 };
    assert.equal((await ask(two, "sparring/sample/replay", replay)).answers.length, 2);
    const origins = ["https://judge.example"];
    assert.deepEqual(await ask(two, "sparring/run/agree", { run, origins }), { agreed: origins });

    const told: string[] = [];
    one.on("sparring/task/progress", ({ task, what, done, total }) => {
      assert.ok(done < total);
      told.push(`${task}: ${what}`);
    });
    two.on("sparring/task/progress", () => assert.fail("another client's request is none of its business"));
    const dir = join(daemon.home, "exported");
    const exported = await ask(one, "sparring/checkpoint/export", { run, dir, task: "t1" });
    assert.equal(exported.largestDifference, 0);
    const against = { run, weights: "reference" as const };
    const measured = await ask(one, "sparring/checkpoint/evaluate", { run, against, limit: 40, task: "t2" });
    assert.equal(measured.tasks, 40);
    assert.ok(measured.against);
    const file = join(daemon.home, "exported.jsonl");
    const data = await ask(one, "sparring/sample/export", { run, data: "completions", file, task: "t3" });
    assert.equal(data.rounds, 4);
    assert.deepEqual(
      [...new Set(told)],
      [
        "t1: first (round 4): writes the weights",
        "t1: first (round 4): reads them back",
        "t2: first (round 4) answers",
        "t2: first (the reference) answers",
        "t3: first: writes rounds",
      ],
    );

    const rating = { id: "r1", rater: "ada", round: 2, query: 0, answer: 0, score: 7, blind: true };
    assert.deepEqual(await ask(one, "sparring/sample/rate", { run, rating }), { ratings: 1 });
    assert.deepEqual(
      await ask(one, "sparring/sample/rate", { run, rating }),
      { ratings: 1 },
      "sent twice, it counts once",
    );
    const listed = await ask(two, "sparring/rating/list", { run });
    assert.deepEqual(
      listed.ratings.map(({ id, score }) => [id, score]),
      [["r1", 7]],
    );
    assert.equal((await ask(two, "sparring/judge/agreement", { run })).overall.ratings, 1);
    assert.deepEqual(await ask(one, "sparring/sample/unrate", { run, id: "r1" }), { ratings: 0 });
    await until(() => ratings.at(-1) === 0);

    // What editors ask; test/e2e/editor-verbs.test.ts looks at the answers.
    const draft = {
      text: (await ask(one, "sparring/run/config", { run })).text,
      file: join(daemon.home, "draft.yaml"),
    };
    const { config } = await ask(one, "sparring/config/check", draft);
    assert.deepEqual(config, got.config);
    assert.deepEqual((await ask(two, "sparring/run/changes", { run, ...draft })).changes, []);
    assert.ok((await ask(one, "sparring/engine/estimate", { config: config! })).bytes! > 0);
    const metrics = ["solver/reward"];
    const { rounds: columns, series } = await ask(two, "sparring/round/series", { run, metrics, after: 0 });
    assert.deepEqual([columns, series["solver/reward"]!.length], [[1, 2, 3, 4], 4]);
    assert.match((await ask(one, "sparring/round/document", { run, round: 2 })).text, /## Query/);
    const tokens = await ask(two, "sparring/round/tokens", { run, round: 2, query: 0 });
    assert.equal(tokens.answers.length, queries[0]!.answers.length);
    const { samples } = await ask(one, "sparring/sample/next", { run, rater: "ada", count: 3 });
    assert.equal(samples.length, 3);
    const sides = [{ run, weights: "current" as const }, against];
    const compared = await ask(two, "sparring/checkpoint/compare", { sides, prompts: { heldOut: 2 } });
    assert.equal(compared.prompts.length, 2);
    const texts = compared.prompts[0]!.answers.map(({ text }) => text);
    const pick = { id: "p1", rater: "ada", prompt: "1+1", sides, answers: texts, choice: "tie" as const, blind: true };
    assert.deepEqual(await ask(one, "sparring/comparison/pick", { pick }), { picks: 1 });
    assert.equal((await ask(two, "sparring/comparison/list", { run })).picks.length, 1);
    assert.deepEqual(await ask(one, "sparring/comparison/unpick", { run, id: "p1" }), { picks: 0 });

    await ask(one, "sparring/run/fork", { run: fork, parent: run, round: 3, settings: ["game.rounds=100000"] });
    await reached(two, fork, "running");
    await ask(two, "sparring/run/pause", { run: fork });
    await reached(one, fork, "paused");
    await ask(one, "sparring/run/resume", { run: fork });
    await reached(two, fork, "running");
    const refused = { code: "server/runs-active", message: /second/ };
    await assert.rejects(ask(one, "sparring/daemon/shutdown", {}), refused);
    await ask(two, "sparring/run/stop", { run: fork });
    await reached(one, fork, "stopped");

    assert.ok((await ask(one, "sparring/engine/list", {})).engines.some(({ available }) => available));
    assert.equal((await ask(two, "sparring/engine/setup", { install: false })).ready, false);
    const folder = join(daemon.home, "trusted");
    mkdirSync(folder);
    await ask(one, "sparring/trust/grant", { folder });
    assert.equal((await ask(two, "sparring/trust/list", {})).folders.length, 1);
    await ask(one, "sparring/trust/revoke", { folder });
    assert.equal((await ask(two, "sparring/trust/list", {})).folders.length, 0);
    await ask(one, "sparring/key/give", { origin: "https://judge.example", key: "sk-secret" });
    await ask(one, "sparring/key/forget", { origin: "https://judge.example" });

    const status = await ask(one, "sparring/daemon/status", {});
    assert.deepEqual([status.pid, status.clients, status.log], [daemon.child.pid, 2, null]);
    await ask(one, "sparring/daemon/shutdown", { force: true });
    assert.equal(await two.closed, "The daemon has ended.");
    const [code] = await once(daemon.child, "exit");
    assert.equal(code, 0);
    assert.doesNotMatch(daemon.log(), /sk-secret/);
    assert.ok(!daemon.log().includes(daemon.discovery.token));

    assert.deepEqual(
      Object.keys(requests).filter((method) => !exercised.has(method as Method)),
      [],
    );
  });
});

describe("while a run goes on", () => {
  test("a request is cancelled, a client reconnects, and a client is killed", async (t) => {
    const daemon = await startDaemon(t);
    const client = await daemon.connect();
    await startLongRun(client);

    const cancelled = new AbortController();
    const chat = { run: "long", messages: [{ role: "user" as const, content: "?" }], maxTokens: 4096 };
    const answer = client.request("sparring/checkpoint/chat", chat, { signal: cancelled.signal });
    cancelled.abort();
    await assert.rejects(answer, AbortedError);

    const { overview } = await client.request("sparring/run/watch", { run: "long" });
    client.close();
    await client.closed;
    const again = await daemon.connect();
    const watched = await again.request("sparring/run/watch", { run: "long" });
    assert.equal(watched.overview.state, "running");
    assert.ok((watched.overview.round ?? -1) >= (overview.round ?? -1), "the run went on meanwhile");

    const other = spawn(process.execPath, ["--import", "tsx", "test/e2e/watching-client.ts", daemon.home, "long"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => other.kill("SIGKILL"));
    await once(other.stdout!, "data");
    assert.equal((await again.request("sparring/daemon/status", {})).clients, 2);
    other.kill("SIGKILL");
    await until(async () => (await again.request("sparring/daemon/status", {})).clients === 1);
    await progressed(again);
  });

  test("snapshots come at most 10 times a second, and only to who watches", async (t) => {
    const daemon = await startDaemon(t);
    const [watching, other] = [await daemon.connect(), await daemon.connect()];
    await startLongRun(watching);
    const times: number[] = [];
    watching.on("sparring/round/progress", () => times.push(performance.now()));
    other.on("sparring/round/progress", () => assert.fail("this client watches nothing"));
    await watching.request("sparring/run/watch", { run: "long" });
    await until(() => times.length > 20, 60);
    // A hundred milliseconds apart when they are sent; on the way two may come closer, but 11 span a second.
    for (let i = 10; i < times.length; i++)
      assert.ok(times[i]! - times[i - 10]! > 900, `${times[i]! - times[i - 10]!} ms`);
    await watching.request("sparring/run/unwatch", { run: "long" });
    const seen = times.length;
    await sleep(500);
    assert.ok(times.length <= seen + 1);
  });

  test("a hundred connections leave nothing behind", async (t) => {
    const daemon = await startDaemon(t);
    const client = await daemon.connect();
    await startLongRun(client);
    const visit = async (): Promise<void> => {
      const visitor = await connectTo(t, daemon.home);
      await visitor.request("sparring/run/watch", { run: "long" });
      visitor.close();
      await visitor.closed;
    };
    for (let i = 0; i < 20; i++) await visit();
    const before = { files: openFiles(daemon.child.pid!), rss: (await status(client)).rssBytes };
    for (let i = 0; i < 100; i++) await visit();
    await until(async () => (await status(client)).clients === 1);
    const after = { files: openFiles(daemon.child.pid!), rss: (await status(client)).rssBytes };
    t.diagnostic(`files ${before.files} → ${after.files}, memory ${before.rss / 1e6} → ${after.rss / 1e6} MB`);
    assert.ok(after.files <= before.files + 2);
    assert.ok(after.rss < before.rss + 60e6);
  });

  test("a client that does not read costs bounded memory, and gets the newest state when it reads", async (t) => {
    const daemon = await startDaemon(t);
    const client = await daemon.connect();
    await startLongRun(client);
    const before = (await status(client)).rssBytes;
    const slow = await openSocket(daemon.discovery);
    t.after(() => slow.terminate());
    const send = (id: number, method: string, params: object): void =>
      slow.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    slow.resume();
    const hello = { protocol: 1, client: { name: "slow", version: "1" } };
    send(0, "sparring/hello", hello);
    await once(slow, "message");
    send(1, "sparring/run/watch", { run: "long" });
    await once(slow, "message");
    slow.pause();
    for (let id = 2; id < 40_000; id++) send(id, "sparring/engine/list", {});
    const finishedBefore = await progressed(client);
    await progressed(client, finishedBefore + 5);
    const after = (await status(client)).rssBytes;
    t.diagnostic(`memory ${before / 1e6} → ${after / 1e6} MB`);
    assert.ok(after < before + 200e6);

    let newest: NotificationParamsOf<"sparring/round/progress"> | undefined;
    slow.on("message", (data) => {
      const message = JSON.parse(data.toString());
      if (message.method === "sparring/round/progress") newest = message.params;
    });
    slow.resume();
    const target = finishedBefore + 5;
    await until(() => (newest?.round ?? 0) >= target);
  });
});

/** Waits until the run has finished a round (or the given one). @returns the last finished round */
async function progressed(client: DaemonClient, round?: number): Promise<number> {
  const finished = async (): Promise<number> =>
    (await client.request("sparring/run/get", { run: "long" })).overview.round ?? 0;
  const target = round ?? (await finished()) + 1;
  await until(async () => (await finished()) >= target, 60);
  return target;
}

function status(client: DaemonClient): Promise<ResultOf<"sparring/daemon/status">> {
  return client.request("sparring/daemon/status", {});
}
