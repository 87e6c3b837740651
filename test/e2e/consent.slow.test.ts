/** A run on nano whose judge is a server of this machine: what reaches it, before and after its user has agreed. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { parseConfig } from "../../daemon/config/load.ts";
import type { RunState } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import { TrustedFolders } from "../../daemon/store/trust.ts";
import { reply, serve, seven } from "../unit/judge/judge-server.ts";
import { startDaemon, temporaryHome } from "./daemons.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 2, answers: 2, rounds: 2 }
algorithm: { name: grpo }
solver: { max_tokens: 5 }
eval: { every: 1000, limit: 2 }
checkpoints: { every: 1 }
`;
const never = new AbortController().signal;
const errand = { signal: never, onProgress: () => {} };
const needsAgreement = { code: "run/needs-agreement" };

function configOf(...overrides: string[]): Record<string, unknown> {
  return { ...parseConfig(text, { file: "a.yaml", overrides }).config };
}

/** A home with a trusted folder, a server, and configs that ask it. */
async function world(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), "sparring-consent-"));
  const folder = join(home, "trusted");
  mkdirSync(folder);
  await (await TrustedFolders.open(home)).grant(folder);
  const server = await serve(t, (_, response) => reply(response, seven));
  const asking = ["judge.reward.kind=endpoint", `judge.endpoint.url=${server.origin}/v1`, "judge.endpoint.model=m"];
  let runs = await Supervisor.open({ home, log: () => {} });
  t.after(async () => {
    await runs.close();
    rmSync(home, { recursive: true, force: true });
  });
  return {
    server,
    home,
    file: join(folder, "a.sparring.yaml"),
    configOf: (...more: string[]) => configOf(...asking, ...more),
    runs: () => runs,
    agreed: (run: string) => join(home, "runs", run, "agreed.json"),
    /** A daemon of this home ends, and another one comes up. */
    async restart(): Promise<void> {
      await runs.close();
      runs = await Supervisor.open({ home, log: () => {} });
    },
    /** Waits until a run that was begun has ended. */
    async ended(run: string): Promise<RunState> {
      await new Promise<void>((resolve) => {
        const stop = runs.on("changed", (news) => {
          if (news.id !== run || runs.activeRuns().includes(run)) return;
          stop();
          resolve();
        });
        if (!runs.activeRuns().includes(run)) {
          stop();
          resolve();
        }
      });
      return (await runs.overview(run)).state;
    },
  };
}

describe("nothing is sent to a judge's server before its user has agreed for that run", () => {
  test("starting, forking, playing again and comparing are refused first, and work once it is said", async (t) => {
    const { server, home, file, configOf: asking, runs, agreed, restart, ended } = await world(t);
    const agree = [server.origin];
    const start = { run: "mine", config: asking(), file };
    await assert.rejects(runs().start(start), { ...needsAgreement, origins: agree });
    await assert.rejects(runs().start({ ...start, agree: ["https://judge.example"] }), needsAgreement);
    await assert.rejects(runs().start({ ...start, agree: [`${server.origin}/v1`] }), { code: "run/bad-origin" });
    assert.ok(!existsSync(join(home, "runs", "mine")), "what is refused leaves nothing behind");
    assert.equal(server.connections(), 0);

    await runs().start({ ...start, agree });
    assert.equal(await ended("mine"), "finished");
    assert.equal(server.asked.length, 8);

    const fork = { run: "fork", parent: "mine", settings: ["game.rounds=3"] };
    await assert.rejects(runs().fork(fork), { ...needsAgreement, origins: agree });
    assert.ok(!existsSync(join(home, "runs", "fork")));
    assert.equal(server.asked.length, 8, "a fork has nothing of what was agreed to for its parent");
    const verified = ["judge.reward.kind=verifier", "game.rounds=3"];
    await runs().fork({ run: "verified", parent: "mine", settings: verified });
    assert.equal(await ended("verified"), "finished", "a fork with another judge is not asked");
    await runs().fork({ ...fork, agree });
    assert.equal(await ended("fork"), "finished");
    assert.equal(server.asked.length, 12);

    await restart();
    const replay = {
      run: "mine",
      round: 1,
      query: 0,
      weights: "reference" as const,
      answers: 1,
      temperature: 1,
      seed: 1,
    };
    assert.equal((await runs().replay(replay, never)).answers[0]!.reward, 1, "agreeing survives a restart");
    const sides = [
      { run: "mine", weights: "reference" as const },
      { run: "verified", weights: "current" as const },
    ];
    const compare = { sides, prompts: { texts: ["12+34"] }, temperature: 0, seed: 1 };
    const before = server.asked.length;
    await assert.rejects(runs().comparisons.compare(compare, errand), { ...needsAgreement, message: /"verified"/ });
    unlinkSync(agreed("mine"));
    await assert.rejects(runs().comparisons.compare(compare, errand), { ...needsAgreement, message: /"mine"/ });
    await assert.rejects(runs().replay(replay, never), needsAgreement);
    const free = { ...compare, prompts: { texts: ["Tell me a story."] } };
    await runs().comparisons.compare(free, errand);
    assert.equal(server.asked.length, before, "what no judge scores is sent nowhere");
    await assert.rejects(runs().resume({ run: "mine" }), { code: "run/finished" });
    for (const run of ["mine", "verified"]) {
      assert.deepEqual(await runs().agree({ run, origins: agree }), { agreed: agree });
      assert.equal((await runs().overview(run)).state, "finished");
    }
    const nobody = { run: "nobody", origins: agree };
    await assert.rejects(runs().agree(nobody), { code: "store/unknown-run" });
    assert.ok(!existsSync(join(home, "runs", "nobody")));
    await assert.rejects(runs().agree({ run: "mine", origins: [`${server.origin}/v1`] }), { code: "run/bad-origin" });
    await runs().comparisons.compare(compare, errand);
    assert.equal(server.asked.length, before + 2);
    await runs().replay(replay, never);
    assert.equal(server.asked.length, before + 3);
  });

  test("duels that a server judges ask first, for both runs", async (t) => {
    const { server, file, runs, agreed, ended } = await world(t);
    const by = ["judge.reward.kind=pairwise", "judge.pairwise.by=endpoint"];
    const config = configOf(...by, `judge.endpoint.url=${server.origin}/v1`, "judge.endpoint.model=m", "game.rounds=1");
    const agree = [server.origin];
    await assert.rejects(runs().start({ run: "duels", config, file }), needsAgreement);
    assert.equal(server.connections(), 0);
    await runs().start({ run: "duels", config, file, agree });
    assert.equal(await ended("duels"), "finished");
    await runs().start({ run: "plain", config: configOf("game.rounds=1") });
    assert.equal(await ended("plain"), "finished");

    const asked = server.asked.length;
    assert.ok(asked > 0);
    const judged = { run: "duels", weights: "current" as const, judge: "pairwise" as const, limit: 2, seed: 0 };
    const evaluate = { ...judged, against: { run: "plain", weights: "current" as const } };
    await assert.rejects(runs().evaluate(evaluate, errand), { ...needsAgreement, message: /"plain"/ });
    unlinkSync(agreed("duels"));
    await assert.rejects(runs().evaluate(evaluate, errand), { ...needsAgreement, message: /"duels"/ });
    await runs().evaluate({ ...evaluate, judge: "verifier" }, errand);
    assert.equal(server.asked.length, asked);
  });

  test("a run of old asks when it is resumed, and one whose agreement goes away stops asking at once", async (t) => {
    const { server, file, configOf: asking, runs, agreed, restart, ended } = await world(t);
    const agree = [server.origin];
    await runs().start({ run: "long", config: asking("game.rounds=100000"), file, agree });
    await new Promise<void>((resolve) => {
      const stop = runs().on("progress", () => {
        if ((runs().progress("long")?.finished ?? 0) < 1) return;
        stop();
        resolve();
      });
    });
    unlinkSync(agreed("long"));
    assert.equal(await ended("long"), "failed");
    const { problem } = await runs().overview("long");
    assert.equal(problem?.code, "run/needs-agreement");
    assert.match(problem!.next, /--send-to http:\/\/127\.0\.0\.1:\d+/);

    await restart();
    const before = server.asked.length;
    await assert.rejects(runs().resume({ run: "long" }), { ...needsAgreement, origins: agree });
    assert.deepEqual([runs().activeRuns(), server.asked.length], [[], before]);
    const replay = {
      run: "long",
      round: 1,
      query: 0,
      weights: "reference" as const,
      answers: 1,
      temperature: 1,
      seed: 1,
    };
    await assert.rejects(runs().replay(replay, never), { ...needsAgreement, origins: agree });
    assert.deepEqual(await runs().agree({ run: "long", origins: agree }), { agreed: agree });
    const played = await runs().replay(replay, never);
    assert.equal(played.answers[0]!.reward, 1);
    assert.match(played.answers[0]!.rationale!, /./, "a fresh answer has its judge's words");
    assert.equal(server.asked.length, before + 1);
    assert.deepEqual(runs().activeRuns(), [], "agreeing and playing again start nothing");
    assert.equal((await runs().overview("long")).state, "failed");

    const { state } = await runs().resume({ run: "long" });
    assert.ok(state === "queued" || state === "starting", state);
    await runs().stop({ run: "long" });
    assert.ok(existsSync(agreed("long")));
    assert.equal((await runs().overview("long")).state, "stopped");
    unlinkSync(agreed("long"));
    await assert.rejects(runs().replay(replay, never), needsAgreement);
    await runs().agree({ run: "long", origins: agree });
    await runs().replay(replay, never);
    assert.deepEqual([runs().activeRuns(), (await runs().overview("long")).state], [[], "stopped"]);
  });
});

describe("a key", () => {
  const key = "sk-planted-0123456789abcdef";

  /** Every file below a folder that has a text in it. */
  function filesWith(folder: string, secret: string): string[] {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file, "latin1").includes(secret));
  }

  /** Command lines of all processes of this machine. */
  function commandLines(): string[] {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, "utf8");
        } catch {
          return "";
        }
      });
  }

  async function finished(client: DaemonClient, run: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = (news: { readonly id: string; readonly state: RunState }): void => {
        if (news.id !== run) return;
        if (news.state === "finished") resolve();
        if (news.state === "failed") reject(new Error("the run failed"));
      };
      client.on("sparring/run/changed", look);
      client.request("sparring/run/get", { run }).then(({ overview }) => look(overview), reject);
    });
  }

  test("goes to its server alone: it is in no file, log or command line, and agreeing survives a kill", async (t) => {
    const home = temporaryHome(t);
    const folder = join(home, "trusted");
    mkdirSync(folder);
    const server = await serve(t, (_, response) => reply(response, seven));
    const agree = [server.origin];
    const url = `judge.endpoint.url=${server.origin}/v1`;
    const config = configOf("judge.reward.kind=endpoint", url, "judge.endpoint.model=m");

    const first = await startDaemon(t, home);
    const one = await first.connect();
    await one.request("sparring/trust/grant", { folder });
    await one.request("sparring/key/give", { origin: server.origin, key });
    const start = { run: "mine", config, file: join(folder, "a.sparring.yaml") };
    await assert.rejects(one.request("sparring/run/start", start), { ...needsAgreement, origins: agree });
    assert.equal(server.connections(), 0);
    await one.request("sparring/run/start", { ...start, agree });
    const lines = commandLines();
    await finished(one, "mine");
    assert.deepEqual([...new Set(server.asked.map(({ key: sent }) => sent))], [`Bearer ${key}`]);
    lines.push(...commandLines());
    first.child.kill("SIGKILL");
    await one.closed;

    const second = await startDaemon(t, home);
    const two = await second.connect();
    const replay = { run: "mine", round: 1, query: 0, weights: "reference" as const, answers: 1 };
    await two.request("sparring/sample/replay", replay);
    assert.equal(server.asked.at(-1)!.key, undefined, "a key was in memory only");
    assert.ok(lines.some((line) => line.includes("sparring")));
    assert.deepEqual(
      lines.filter((line) => line.includes(key)),
      [],
    );
    assert.deepEqual(filesWith(home, key), []);
    assert.ok(!first.log().includes(key) && !second.log().includes(key));
  });
});
