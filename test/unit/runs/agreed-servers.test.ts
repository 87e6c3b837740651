import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { parseConfig } from "../../../daemon/config/load.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import { NeedsAgreementError } from "../../../daemon/errors.ts";
import { endpointReward } from "../../../daemon/judge/endpoint/endpoint.ts";
import { mayAskFor, requireAgreement, requireOrigins, serversOf } from "../../../daemon/runs/judging/agreed-servers.ts";
import { OutsideJudges } from "../../../daemon/runs/judging/outside-judges.ts";
import { Store } from "../../../daemon/store/store.ts";
import { pairs, reply, serve, seven } from "../judge/judge-server.ts";

function configOf(...overrides: string[]): Config {
  const text = "model: {path: builtin:nano}\ngame: {task: addition}\nalgorithm: {name: lsp}\n";
  return parseConfig(text, { file: "a.yaml", overrides }).config;
}

const endpoint = (origin: string): string[] => [`judge.endpoint.url=${origin}/v1/`, "judge.endpoint.model=m"];

function storeOf(t: TestContext): Store {
  const home = mkdtempSync(join(tmpdir(), "sparring-agreed-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return new Store(home);
}

describe("the servers that a config asks", () => {
  test("are the judge's, alone or in an ensemble, as an origin; most configs ask none", () => {
    assert.deepEqual(serversOf(configOf()), []);
    assert.deepEqual(serversOf(configOf("judge.reward.kind=rubric", "judge.self_reward.kind=criteria")), []);
    const named = endpoint("https://Judge.Example:443");
    assert.deepEqual(serversOf(configOf("judge.reward.kind=endpoint", ...named)), ["https://judge.example"]);
    const both = ["judge.reward.kind=ensemble", "judge.ensemble.endpoint.weight=1", "judge.ensemble.verifier.weight=1"];
    assert.deepEqual(serversOf(configOf(...both, ...endpoint("http://127.0.0.1:8000"))), ["http://127.0.0.1:8000"]);
  });
});

describe("an agreement", () => {
  test("is to origins, and to nothing else", () => {
    requireOrigins(["https://api.openai.com", "http://127.0.0.1:8000", "http://[::1]:8000"]);
    for (const [bad, next] of [
      ["https://api.openai.com/v1", /Give `https:\/\/api\.openai\.com`/],
      ["https://user:pw@api.openai.com", /Give `https:\/\/api\.openai\.com`/],
      ["HTTPS://API.openai.com", /Give `https:\/\/api\.openai\.com`/],
      ["https://api.openai.com:443", /Give `https:\/\/api\.openai\.com`/],
      ["api.openai.com", /Give it like/],
      ["file:///etc/passwd", /Give it like/],
      ["*", /Give it like/],
      ["", /Give it like/],
    ] as const) {
      assert.throws(() => requireOrigins(["https://fine.example", bad]), { code: "run/bad-origin", next }, bad);
    }
  });

  test("holds for one run, for one origin exactly, and once it is on disk for every session", async (t) => {
    const store = storeOf(t);
    const servers = ["https://a.example", "http://a.example"];
    const refused = (origins: readonly string[]) => (error: unknown) => {
      assert.ok(error instanceof NeedsAgreementError);
      assert.deepEqual([error.code, error.origins], ["run/needs-agreement", origins]);
      for (const origin of origins) assert.ok(error.message.includes(origin) && error.next.includes(origin));
      return true;
    };
    await requireAgreement(store, "mine", []);
    await assert.rejects(requireAgreement(store, "mine", servers), refused(servers));
    await requireAgreement(store, "mine", servers, servers);
    await store.agree("mine", ["https://a.example", "https://a.example.evil.example"]);
    await assert.rejects(requireAgreement(store, "mine", servers), refused(["http://a.example"]));
    await assert.rejects(
      requireAgreement(store, "fork-of-mine", ["https://a.example"]),
      refused(["https://a.example"]),
    );
    await mayAskFor(store, "mine")("https://a.example");
    await assert.rejects(mayAskFor(store, "mine")("https://a.example:8443"), refused(["https://a.example:8443"]));
  });

  test("is asked for before the first byte, and before the key: without one no connection is opened", async (t) => {
    const server = await serve(t, (_, response) => reply(response, seven));
    const store = storeOf(t);
    const keysAsked: string[] = [];
    const keyFor = (url: string): string => {
      keysAsked.push(url);
      return "sk-secret";
    };
    const config = configOf("judge.reward.kind=endpoint", ...endpoint(server.origin));
    const judge = endpointReward(new OutsideJudges(config, keyFor, mayAskFor(store, "mine")).endpoint());
    await assert.rejects(judge.score(pairs(3)), { code: "run/needs-agreement", origins: [server.origin] });
    await store.agree("another", [server.origin]);
    await assert.rejects(judge.score(pairs(3)), { code: "run/needs-agreement" });
    await assert.rejects(
      endpointReward(new OutsideJudges(config, keyFor).endpoint()).score(pairs(1)),
      /sends nothing to/,
    );
    assert.deepEqual(await judge.score([]), [], "of no answers nothing would be sent");
    assert.deepEqual([server.connections(), keysAsked], [0, []]);

    await store.agree("mine", [server.origin]);
    const scores = await judge.score(pairs(3));
    assert.deepEqual([scores.map(({ value }) => value), server.asked.length, keysAsked.length], [[1, 1, 1], 3, 1]);
  });
});
