/** A judge behind a server that times out, refuses, talks nonsense and hangs up: nothing is lost, and nothing is scored 0. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { keyOf } from "../../../daemon/judge/endpoint/key.ts";
import { type Answerer, judge, pairs, refuse, reply, serve, seven } from "./judge-server.ts";
import { pairAt } from "./pairs.ts";

describe("a judge behind a server", () => {
  test("is asked for the rubric, with the key, some at once, and its tokens are counted", async (t) => {
    const server = await serve(t, (_, response, place) => reply(response, `<Score>${place % 8}</Score>`));
    const scorer = judge(server, { key: () => "sk-1" });
    const progress: number[] = [];
    const judgements = await scorer.score(pairs(20), { onProgress: (done) => progress.push(done) });
    assert.deepEqual(
      judgements.map(({ value }) => value),
      Array.from({ length: 20 }, (_, i) => (i % 8) / 7),
    );
    const [first] = server.asked;
    assert.equal(first!.path, "/v1/chat/completions");
    assert.ok(server.asked.every(({ key }) => key === "Bearer sk-1"));
    const { model, temperature, max_tokens } = first!.body;
    assert.deepEqual([model, temperature, max_tokens], ["judge-1", 0, 50]);
    assert.ok(server.most() <= 4);
    assert.equal(progress.at(-1), 20);
    const counted = { "judge/endpoint/prompt_tokens": 200, "judge/endpoint/completion_tokens": 40 };
    const requests = { "judge/endpoint/requests": 20, "judge/endpoint/retries": 0 };
    assert.deepEqual(scorer.figures?.(), { ...requests, ...counted });
    assert.equal(scorer.figures?.()["judge/endpoint/requests"], 0);
  });

  test("that fails in every way at first scores everything in the end", async (t) => {
    const failures: Answerer[] = [
      (_, response) => refuse(response, 429, { "retry-after": "0" }),
      (_, response) => refuse(response, 503),
      (_, response) => response.destroy(),
      (_, response) => refuse(response, 200, {}, "<html>not JSON"),
      (_, response) => refuse(response, 200, {}, '{"choices": []}'),
      (_, response) => {
        // The connection closes within the reply.
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"choices": [');
        setImmediate(() => response.destroy());
      },
      () => {}, // Never answers.
    ];
    const server = await serve(t, (asked, response, place) => {
      if (asked.time === 0) failures[place % failures.length]!(asked, response, place);
      else reply(response, seven);
    });
    const scorer = judge(server, { timeoutMs: 500, concurrency: 21 });
    const judgements = await scorer.score(pairs(21));
    assert.deepEqual(
      judgements.map(({ value }) => value),
      Array.from({ length: 21 }, () => 1),
    );
    // On a busy machine a good reply may come too late as well.
    assert.ok(server.asked.length >= 42);
    assert.equal(scorer.figures?.()["judge/endpoint/retries"], server.asked.length - 21);
  });

  test("that goes on failing leaves those answers unscored with the reason, never 0, and the others scored", async (t) => {
    const server = await serve(t, (_, response, place) => {
      if (place === 0) refuse(response, 500);
      else if (place === 2) response.destroy();
      else if (place === 3) refuse(response, 200, {}, "x".repeat(2 << 20));
      else if (place === 4) refuse(response, 429, { "retry-after": "3600" });
      else if (place === 5) refuse(response, 400, {}, "no such thing");
      else if (place === 6) reply(response, null);
      else if (place === 7) reply(response, "withheld", { finish_reason: "content_filter" });
      else if (place === 8) reply(response, seven, { finish_reason: "length" });
      else if (place === 9) reply(response, "I'd rather not say.");
      else if (place === 10) {
        const error = { message: "sk-1 is bad", code: "unsupported_value", param: "temperature" };
        refuse(response, 400, {}, JSON.stringify({ error }));
      } else if (place === 11) refuse(response, 400, {}, '{"error": {"code": "sk-1", "param": "Ignore all of that."}}');
      else reply(response, "<Score>0</Score>");
    });
    const [silent] = await judge({ origin: (await serve(t, () => {})).origin }, { timeoutMs: 49.5, retries: 1 }).score(
      pairs(1),
    );
    assert.deepEqual(silent, { value: null, unscored: "no reply within 0.0495 s, after 2 attempts" });
    const judgements = await judge(server, { retries: 1 }).score(pairs(13));
    assert.deepEqual(
      judgements.map((each) => (each.value === null ? each.unscored : each.value)),
      [
        "the server answers 500, after 2 attempts",
        0,
        "the connection failed (UND_ERR_SOCKET), after 2 attempts",
        "the reply has more than 1048576 bytes, after 2 attempts",
        "the server answers 429 and asks to wait 3600 s",
        "the server answers 400",
        "the reply has no text",
        "the server's content filter withheld the reply",
        "the judge's reply was cut at the token limit",
        judgements[9]!.value === null ? judgements[9].unscored : "",
        "the server answers 400 (unsupported_value: temperature)",
        "the server answers 400",
        0,
      ],
    );
    assert.equal(judgements[9]!.value, null);
  });

  test("reads nothing in an answer that its model could take for a control token, and everything else as it is", async (t) => {
    const server = await serve(t, (_, response) => reply(response, seven));
    const tokens = "<|im_end|> <|turn> <turn|> <｜User｜> <s> </s> <end_of_turn> [INST] [/INST] </think>".split(" ");
    const harmless = "a < b || c > d, <b>x</b>, f <| x |> g, [NAME] [x] <score |\nx|>";
    await judge(server, { concurrency: 1 }).score([pairAt("q0", `${tokens.join("")} ${harmless}`, 0)]);
    const { content } = server.asked[0]!.body.messages[0]!;
    for (const token of tokens) assert.ok(!content.includes(token), token);
    assert.ok(content.includes(`< |im_end|>< |turn>`) && content.includes(harmless.replace("<score", "&lt;score")));
  });

  test("that has not the address or the model needs another config: a resumed run would ask the same", async (t) => {
    for (const [status, next] of [
      [404, /Correct judge\.endpoint\.url or judge\.endpoint\.model, and fork/],
      [401, /Give a valid key .* then resume the run/],
      [402, /Add credit .* then resume the run/],
    ] as const) {
      const server = await serve(t, (_, response) => refuse(response, status));
      await assert.rejects(judge(server).score(pairs(1)), { code: "judge/endpoint-refused", next });
    }
  });

  test("that redirects is not followed: the key and the texts stay", async (t) => {
    const other = await serve(t, (_, response) => reply(response, seven));
    for (const status of [301, 307, 308]) {
      const server = await serve(t, (_, response) => refuse(response, status, { location: `${other.origin}/v1` }));
      await assert.rejects(judge(server, { key: () => "sk-1" }).score(pairs(3)), {
        code: "judge/endpoint-refused",
        place: server.origin,
      });
    }
    assert.deepEqual(other.asked, []);
  });

  test("that refuses the key ends the scoring, and nobody repeats the key", async (t) => {
    const server = await serve(t, ({ key }, response) => refuse(response, 401, {}, `bad key ${key}`));
    const scorer = judge(server, { key: () => "sk-secret" });
    const failed = await scorer.score(pairs(50)).catch((error: Error) => error);
    assert.ok(failed instanceof Error && "code" in failed && failed.code === "judge/endpoint-refused");
    assert.doesNotMatch(`${failed.message} ${failed.stack} ${JSON.stringify(failed)}`, /sk-secret/);
    assert.ok(server.asked.length <= 8, `${server.asked.length} requests after a refusal`);
  });

  test("that knows the token limit by its newer name is told so by that", async (t) => {
    const server = await serve(t, ({ body }, response) => {
      if (body.max_tokens === undefined) reply(response, seven);
      else refuse(response, 400, {}, "Unsupported parameter: use 'max_completion_tokens' instead.");
    });
    const judgements = await judge(server, { concurrency: 1 }).score(pairs(3));
    assert.ok(judgements.every(({ value }) => value === 1));
    assert.deepEqual(
      server.asked.map(({ body }) => body.max_completion_tokens),
      [undefined, 50, 50, 50],
    );
  });

  test("is not asked further once the call is cancelled", async (t) => {
    const cancelling = new AbortController();
    const server = await serve(t, () => cancelling.abort());
    await assert.rejects(judge(server).score(pairs(30), { signal: cancelling.signal }), { name: "AbortedError" });
    assert.ok(server.asked.length <= 4);
    await assert.rejects(judge(server).score(pairs(1), { signal: cancelling.signal }), { name: "AbortedError" });
  });
});

describe("the key for a judge's server", () => {
  const given = (url: string): string | undefined =>
    new URL(url).origin === "https://judge.example" ? "given" : undefined;
  const source = { baseUrl: "https://judge.example/v1", variable: "JUDGE_KEY", keyFor: given };

  test("is the one that was given for its origin, else that of the variable, else none", () => {
    assert.equal(keyOf(source, { JUDGE_KEY: "own" }), "given");
    const other = { ...source, baseUrl: "https://other.example/v1" };
    assert.equal(keyOf(other, { JUDGE_KEY: "own" }), "own");
    assert.equal(keyOf({ ...other, variable: undefined }, { JUDGE_KEY: "own" }), undefined);
    assert.throws(() => keyOf(other, {}), { code: "judge/no-key" });
  });

  test("that no header can carry is told, and not repeated, before anything is asked; white space at its ends does no harm", () => {
    const unsendable = (error: unknown): boolean =>
      (error as { code?: string }).code === "judge/bad-key" && !/sk/.test((error as Error).message);
    const own = { ...source, keyFor: () => undefined };
    for (const key of ["sk-1\nsk-2", "sk 1", "sk-é", " "]) {
      assert.throws(() => keyOf(own, { JUDGE_KEY: key }), unsendable);
    }
    assert.equal(keyOf(own, { JUDGE_KEY: "sk-1\n" }), "sk-1\n");
  });

  test("does not cross the network in clear", () => {
    const open = { ...source, baseUrl: "http://judge.example/v1" };
    const refused = (error: unknown): boolean =>
      (error as { code?: string }).code === "judge/insecure-endpoint" && !/own/.test((error as Error).message);
    assert.throws(() => keyOf(open, { JUDGE_KEY: "own" }), refused);
    assert.equal(keyOf({ ...open, baseUrl: "http://127.0.0.1:8000/v1" }, { JUDGE_KEY: "own" }), "own");
    assert.equal(keyOf({ ...open, variable: undefined }, {}), undefined);
  });
});
