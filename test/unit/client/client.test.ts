import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { SocketClient } from "../../../daemon/client/client.ts";
import { type ConnectOptions, connect } from "../../../daemon/client/connect.ts";
import { systemProcesses } from "../../../daemon/store/processes.ts";
import { type Discovery, writeDiscovery } from "../../../daemon/wire/discovery.ts";
import { openSocket } from "../../../daemon/wire/socket.ts";

/** A peer that answers each request with what a test says. */
async function peer(
  t: TestContext,
  answer: (socket: WebSocket, message: { id: number; method: string }) => void,
): Promise<{ discovery: Discovery; socket: () => WebSocket }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const sockets: WebSocket[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("message", (data) => answer(socket, JSON.parse(data.toString())));
  });
  t.after(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const discovery = { ...systemProcesses.self(), port, token: "t".repeat(43), version: "9", build: "b", startedAt: "" };
  return { discovery, socket: () => sockets[0]! };
}

const send = (socket: WebSocket, message: object): void => socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));

describe("a client", () => {
  test("takes answers that are as the protocol says, and no others", async (t) => {
    const results = [{ engines: [] }, { engines: [{ name: 7 }] }, null];
    const { discovery } = await peer(t, (socket, { id }) => send(socket, { id, result: results[id] }));
    const client = new SocketClient(await openSocket(discovery));
    assert.deepEqual(await client.request("sparring/engine/list", {}), { engines: [] });
    const bad = { code: "client/bad-answer", message: /engine\/list.*`engines\.0\.name`/ };
    await assert.rejects(client.request("sparring/engine/list", {}), bad);
    await assert.rejects(client.request("sparring/engine/list", {}), { code: "client/bad-answer" });
    client.close();
    assert.equal(await client.closed, "This program closed the connection.");
  });

  test("of a newer daemon it takes what it does not know: a run in a state of tomorrow can still be stopped", async (t) => {
    const hello = { protocol: 99, compatible: false, version: "9", build: "b", home: "/h", pid: 1, startedAt: "" };
    const overview = { id: "mine", state: "dreaming" };
    const { discovery, socket } = await peer(t, (to, { id, method }) =>
      send(to, { id, result: method === "sparring/hello" ? hello : overview }),
    );
    const client = new SocketClient(await openSocket(discovery));
    assert.equal((await client.hello({ name: "old window", version: "0" })).compatible, false);
    assert.deepEqual(await client.request("sparring/run/stop", { run: "mine" }), overview);
    const told = new Promise((resolve) => client.on("sparring/run/changed", resolve));
    send(socket(), { method: "sparring/run/changed", params: overview });
    assert.deepEqual(await told, overview);
    client.close();
  });

  test("gives up on who sends what is no message", async (t) => {
    const { discovery } = await peer(t, (socket) => socket.send("garbage"));
    const client = new SocketClient(await openSocket(discovery));
    const disconnected = { code: "client/disconnected", message: /\(sparring\/engine\/list\): .*not a message/ };
    await assert.rejects(client.request("sparring/engine/list", {}), disconnected);
    assert.match(await client.closed, /not a message/);
  });

  test("says why the connection ended", async (t) => {
    const { discovery, socket } = await peer(t, (one) => one.close(1001, "The daemon has ended."));
    const client = new SocketClient(await openSocket(discovery));
    await assert.rejects(client.request("sparring/engine/list", {}), { message: /: The daemon has ended\.$/ });
    assert.equal(await client.closed, "The daemon has ended.");
    const other = new SocketClient(await openSocket(discovery));
    socket().terminate();
    other.close();
    await other.closed;
  });

  test("hears what it listens to, as long as it listens", async (t) => {
    const { discovery } = await peer(t, (socket, { id }) => {
      send(socket, { method: "sparring/rating/changed", params: { run: "r", ratings: 1 } });
      send(socket, { method: "sparring/rating/changed", params: { run: "r", ratings: "of another form" } });
      send(socket, { method: "sparring/unheard/of", params: {} });
      send(socket, { id, result: { engines: [] } });
    });
    const client = new SocketClient(await openSocket(discovery));
    const heard: unknown[] = [];
    const stop = client.on("sparring/rating/changed", (change) => heard.push(change));
    await client.request("sparring/engine/list", {});
    stop();
    await client.request("sparring/engine/list", {});
    assert.deepEqual(heard, [{ run: "r", ratings: 1 }]);
    client.close();
    await client.closed;
  });
});

describe("connecting", () => {
  const options = (t: TestContext): ConnectOptions => {
    const home = mkdtempSync(join(tmpdir(), "sparring-connect-"));
    t.after(() => rmSync(home, { recursive: true, force: true }));
    return { home, client: { name: "test", version: "1" }, start: false };
  };

  test("says where there is no daemon, and where one does not answer", async (t) => {
    const to = options(t);
    await assert.rejects(connect(to), { code: "client/no-daemon", place: to.home });
    const { discovery } = await peer(t, () => {});
    await writeDiscovery(to.home, { ...discovery, port: 1 });
    await assert.rejects(connect(to), { code: "client/daemon-silent", message: new RegExp(`process ${process.pid}`) });
  });

  test("tells of a daemon that is of another build, or speaks another protocol", async (t) => {
    const to = options(t);
    const hello = { protocol: 2, version: "9", build: "source", home: to.home, pid: 1, startedAt: "" };
    const answers = [
      { ...hello, compatible: true },
      { ...hello, compatible: true, build: "other" },
      { ...hello, compatible: false },
    ];
    const { discovery } = await peer(t, (socket, { id }) => send(socket, { id, result: answers.shift() }));
    await writeDiscovery(to.home, discovery);
    for (const notice of [/^$/, /build other/, /another version of the protocol/]) {
      const client = await connect(to);
      assert.match(client.notice ?? "", notice);
      client.close();
      await client.closed;
    }
  });
});
