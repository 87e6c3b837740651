/** What a hostile page, a hostile local user, and a hostile or broken client may send: refused, logged, survived. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { WebSocket } from "ws";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { maxFrameBytes } from "../../daemon/protocol.ts";
import { openSocket } from "../../daemon/wire/socket.ts";
import { openFiles, startDaemon, type TestDaemon, until } from "./daemons.ts";

type Headers = Readonly<Record<string, string>>;

/** A WebSocket handshake byte for byte, so that nothing in between corrects it. @returns the status of the answer */
async function handshake(daemon: TestDaemon, headers: Headers, line = "GET /sparring HTTP/1.1"): Promise<number> {
  const socket = connectSocket(daemon.discovery.port, "127.0.0.1");
  socket.on("error", () => {});
  const all = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${line}\r\n${all.join("")}\r\n`);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(data.toString().split(" ")[1]);
}

function goodHeaders({ discovery: { port, token } }: TestDaemon): Headers {
  return {
    Host: `127.0.0.1:${port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    Authorization: `Bearer ${token}`,
  };
}

/** A client that has said hello, with its raw socket. */
async function rawClient(daemon: TestDaemon): Promise<WebSocket> {
  const socket = await openSocket(daemon.discovery);
  socket.resume();
  const hello = { protocol: 1, client: { name: "attacker", version: "1" } };
  socket.send(JSON.stringify({ jsonrpc: "2.0", id: "hello", method: "sparring/hello", params: hello }));
  await once(socket, "message");
  return socket;
}

/** The daemon is alive, serves who was connected before, and its memory is what it was, more or less. */
async function assertUnharmed(daemon: TestDaemon, good: DaemonClient, rssBefore: number): Promise<void> {
  const { rssBytes } = await good.request("sparring/daemon/status", {});
  assert.ok(rssBytes < rssBefore + 150e6, `memory ${rssBefore / 1e6} → ${rssBytes / 1e6} MB`);
  const fresh = await daemon.connect();
  assert.equal(fresh.hello.pid, daemon.child.pid);
  fresh.close();
  assert.ok(!daemon.log().includes(daemon.discovery.token), "the log holds no secret");
}

async function rss(good: DaemonClient): Promise<number> {
  return (await good.request("sparring/daemon/status", {})).rssBytes;
}

describe("a handshake", () => {
  test("is refused where anything about it is wrong, and logged without the token", async (t) => {
    const daemon = await startDaemon(t);
    const good = await daemon.connect();
    const before = await rss(good);
    const headers = goodHeaders(daemon);
    const { token, port } = daemon.discovery;
    assert.equal(await handshake(daemon, headers), 101);
    assert.equal(await handshake(daemon, { ...headers, Host: `localhost:${port}` }), 101);

    const without = (name: string): Headers =>
      Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
    const refused: [what: string, headers: Headers, status: number, line?: string][] = [
      ["no token", without("Authorization"), 401],
      ["a wrong token", { ...headers, Authorization: `Bearer ${"x".repeat(token.length)}` }, 401],
      ["a prefix of the token", { ...headers, Authorization: `Bearer ${token.slice(0, -1)}` }, 401],
      ["the token and more", { ...headers, Authorization: `Bearer ${token}x` }, 401],
      ["another scheme", { ...headers, Authorization: `Basic ${token}` }, 401],
      ["an empty token", { ...headers, Authorization: "Bearer " }, 401],
      ["two tokens", { ...headers, authorization: "Bearer x" }, 401],
      ["a page's Origin", { ...headers, Origin: "https://evil.example" }, 403],
      ["the null Origin", { ...headers, Origin: "null" }, 403],
      ["its own Origin", { ...headers, Origin: `http://127.0.0.1:${port}` }, 403],
      ["a name that was rebound to this machine", { ...headers, Host: `evil.example:${port}` }, 403],
      ["another port", { ...headers, Host: "127.0.0.1:1" }, 403],
      ["no port", { ...headers, Host: "127.0.0.1" }, 403],
      ["two hosts", { ...headers, host: "evil.example" }, 403],
      ["another path", headers, 404, "GET / HTTP/1.1"],
      ["a token in the URL", without("Authorization"), 404, `GET /sparring?token=${token} HTTP/1.1`],
      ["a path that leads back", headers, 404, "GET /x/../sparring HTTP/1.1"],
      ["another method", headers, 405, "POST /sparring HTTP/1.1"],
      ["no upgrade", without("Upgrade"), 426],
      ["an old version of WebSocket", { ...headers, "Sec-WebSocket-Version": "7" }, 400],
      ["a bad key", { ...headers, "Sec-WebSocket-Key": "x" }, 400],
      ["no HTTP", headers, 400, "HELO daemon"],
      ["long headers", { ...headers, Cookie: "x".repeat(100_000) }, 400],
    ];
    for (const [what, sent, status, line] of refused) assert.equal(await handshake(daemon, sent, line), status, what);

    await until(() => / × wrong token/.test(daemon.log()));
    for (const why of ["no token", "Origin of a web page", "foreign Host", "wrong path", "wrong method"]) {
      assert.match(daemon.log(), new RegExp(`× ${why}`));
    }
    await assertUnharmed(daemon, good, before);
  });

  test("that never ends, thousands at a time, locks nobody out", async (t) => {
    const daemon = await startDaemon(t);
    const good = await daemon.connect();
    const before = await rss(good);
    const files = openFiles(daemon.child.pid!);
    const half: Socket[] = [];
    t.after(() => {
      for (const socket of half) socket.destroy();
    });
    for (let i = 0; i < 3000; i++) {
      const socket = connectSocket(daemon.discovery.port, "127.0.0.1");
      socket.on("error", () => {});
      // Some say nothing, some begin a request and stop.
      if (i % 2 === 0) socket.write("GET /sparring HTTP/1.1\r\nHost: ");
      half.push(socket);
      if (i % 100 === 99) await once(socket, "connect");
    }
    assert.ok(openFiles(daemon.child.pid!) < files + 300, `${openFiles(daemon.child.pid!)} open files`);
    await assertUnharmed(daemon, good, before);

    // Headers that trickle in: given up after five seconds, however long they could go on.
    const slow = connectSocket(daemon.discovery.port, "127.0.0.1");
    slow.on("error", () => {});
    slow.write("GET /sparring HTTP/1.1\r\n");
    const trickle = setInterval(() => slow.write("X: y\r\n"), 200);
    t.after(() => clearInterval(trickle));
    slow.resume();
    await once(slow, "close");
    await until(() => openFiles(daemon.child.pid!) <= files + 2);
    assert.match(daemon.log(), /too many connections/);
  });
});

describe("a client that was let in", () => {
  test("and says no hello is cut off", async (t) => {
    const daemon = await startDaemon(t);
    const silent = await openSocket(daemon.discovery);
    silent.resume();
    await once(silent, "close");
    await until(() => /no hello/.test(daemon.log()));
  });

  test("and sends a frame above the limit is cut off before it is read", async (t) => {
    const daemon = await startDaemon(t);
    const good = await daemon.connect();
    const before = await rss(good);
    for (const bytes of [maxFrameBytes + 1, 64 * 1024 * 1024]) {
      const attacker = await rawClient(daemon);
      attacker.send("x".repeat(bytes));
      const [code] = await once(attacker, "close");
      assert.ok(code === 1009 || code === 1006, `closed with ${code}`);
    }
    await assertUnharmed(daemon, good, before);
  });

  test("and sends what is no JSON-RPC is told so and cut off", async (t) => {
    const daemon = await startDaemon(t);
    const good = await daemon.connect();
    const before = await rss(good);
    const deep = `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`;
    const frames: (string | Buffer)[] = [
      "",
      "garbage",
      "null",
      "[]",
      '[{"jsonrpc":"2.0","id":1,"method":"sparring/run/list"}]',
      '{"jsonrpc":"2.0"}',
      '{"jsonrpc":"1.0","id":1,"method":"sparring/run/list"}',
      '{"jsonrpc":"2.0","id":{},"method":"sparring/run/list"}',
      '{"jsonrpc":"2.0","id":null,"method":"sparring/run/list"}',
      `{"jsonrpc":"2.0","id":"${"9".repeat(10_000)}","method":"sparring/run/list"}`,
      '{"jsonrpc":"2.0","id":1e999,"method":"sparring/run/list"}',
      '{"jsonrpc":"2.0","method":"$/cancelRequest"}',
      '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{"toString":1}}}',
      '{"jsonrpc":"2.0","id":1,"method":"sparring/run/list","params":7}',
      deep,
      `{"jsonrpc":"2.0","id":1,"method":"sparring/run/start","params":${deep}}`,
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"sparring/run/list"}'),
    ];
    for (const frame of frames) {
      const attacker = await rawClient(daemon);
      attacker.send(frame);
      const [[answer], [code]] = await Promise.all([once(attacker, "message"), once(attacker, "close")]);
      assert.match(answer.toString(), /"id":null,"error":\{"code":-32600,"message":"This frame was refused: /);
      assert.equal(code, 1008);
    }
    await assertUnharmed(daemon, good, before);
  });

  test("gets an answer or is cut off, whatever it sends", async (t) => {
    const daemon = await startDaemon(t);
    const good = await daemon.connect();
    const before = await rss(good);
    const method = fc.oneof(
      fc.constantFrom(
        "sparring/run/start",
        "sparring/run/fork",
        "sparring/run/get",
        "sparring/sample/rate",
        "initialize",
      ),
      fc.constantFrom(
        "__proto__",
        "constructor",
        "toString",
        "shutdown",
        "$/setTrace",
        "$/progress",
        "textDocument/hover",
      ),
      fc.string(),
    );
    const object = fc.object({
      maxDepth: 3,
      key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "run", "config", "id")),
    });
    const message = fc.oneof(
      fc.string().map((text) => text as unknown),
      fc.record({ jsonrpc: fc.constant("2.0"), id: fc.oneof(fc.integer(), fc.string()), method, params: object }),
      fc.record({ jsonrpc: fc.constant("2.0"), method, params: fc.oneof(object, fc.array(fc.anything())) }),
      fc.record({ jsonrpc: fc.constant("2.0"), id: fc.integer(), result: fc.anything() }),
      fc.record({
        jsonrpc: fc.constantFrom("2.0", "1.0"),
        id: fc.anything(),
        method: fc.anything(),
        params: fc.anything(),
      }),
    );
    const frame = fc.oneof(
      message.map(
        (value) => JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? Number(part) : part)) ?? "x",
      ),
      fc.uint8Array({ maxLength: 100 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
        const attacker = await rawClient(daemon);
        const over = Promise.race([once(attacker, "close"), once(attacker, "pong")]);
        for (const sent of frames) attacker.send(sent);
        attacker.ping();
        await over;
        attacker.terminate();
      }),
      { numRuns: 300 },
    );
    await assertUnharmed(daemon, good, before);
    assert.doesNotMatch(daemon.log(), / at .*\.(js|ts):\d+/, "no handler failed in a way that it does not expect");
    assert.deepEqual((await good.request("sparring/run/list", {})).runs, []);
  });

  test("can't have more than 64 requests under way, nor use an id twice", async (t) => {
    const daemon = await startDaemon(t);
    const good = await daemon.connect();
    const before = await rss(good);
    const attacker = await rawClient(daemon);
    const answers: string[] = [];
    attacker.on("message", (data) => answers.push(data.toString()));
    const flood = 2000;
    for (let id = 0; id < flood; id++) {
      attacker.send(`{"jsonrpc":"2.0","id":${id},"method":"sparring/run/list"}`);
      attacker.send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":${id}}}`);
      attacker.send('{"jsonrpc":"2.0","method":"nothing/known"}');
    }
    await until(() => answers.length === flood);
    assert.ok(answers.some((answer) => answer.includes("protocol/busy")));
    // The first of a pair may be answered before the second is read: so several pairs.
    await until(() => {
      attacker.send('{"jsonrpc":"2.0","id":1,"method":"sparring/run/list"}');
      attacker.send('{"jsonrpc":"2.0","id":"1","method":"sparring/run/list"}');
      return attacker.readyState !== attacker.OPEN;
    });
    await assertUnharmed(daemon, good, before);
  });

  test("beyond the 64th is refused until one leaves", async (t) => {
    const daemon = await startDaemon(t);
    const clients = [];
    for (let i = 0; i < 64; i++) clients.push(await rawClient(daemon));
    assert.equal(await handshake(daemon, goodHeaders(daemon)), 503);
    clients[0]!.close();
    await until(async () => (await handshake(daemon, goodHeaders(daemon))) === 101);
    for (const client of clients) client.terminate();
  });
});
