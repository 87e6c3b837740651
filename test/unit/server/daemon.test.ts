/** The socket with its rules, over real sockets, on runs that are not real. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as soon } from "node:timers/promises";
import type { WebSocket } from "ws";
import { SocketClient } from "../../../daemon/client/client.ts";
import { AbortedError } from "../../../daemon/errors.ts";
import { protocolVersion } from "../../../daemon/protocol.ts";
import { Daemon } from "../../../daemon/server/daemon.ts";
import { Keys } from "../../../daemon/server/keys.ts";
import { systemProcesses } from "../../../daemon/store/processes.ts";
import { openSocket } from "../../../daemon/wire/socket.ts";
import { FakeRuns, overview } from "./fake-runs.ts";

/** Lets time pass until something has come true. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await soon(5);
}

interface Scene {
  readonly daemon: Daemon;
  readonly runs: FakeRuns;
  readonly log: string[];
  connect(): Promise<SocketClient>;
  raw(): Promise<RawClient>;
}

async function openDaemon(t: TestContext): Promise<Scene> {
  const home = mkdtempSync(join(tmpdir(), "sparring-server-"));
  const runs = new FakeRuns();
  const log: string[] = [];
  const daemon = await Daemon.open({
    home,
    version: "1.2.3",
    build: "b",
    identity: systemProcesses.self(),
    runs,
    trust: { list: () => [], grant: async () => {}, revoke: async () => {} },
    keys: new Keys(),
    log: (level, message) => log.push(`${level} ${message}`),
    logFile: null,
  });
  t.after(async () => {
    await daemon.close();
    rmSync(home, { recursive: true, force: true });
  });
  const connect = async (): Promise<SocketClient> => {
    const client = new SocketClient(await openSocket(daemon.discovery));
    await client.hello({ name: "test", version: "1" });
    return client;
  };
  return { daemon, runs, log, connect, raw: async () => new RawClient(await openSocket(daemon.discovery)) };
}

/** A client that sends what it likes. */
class RawClient {
  readonly socket: WebSocket;
  readonly #waiting = new Map<unknown, (message: never) => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(data.toString());
      this.#waiting.get(message.id ?? message.method)?.(message as never);
    });
    socket.resume();
  }

  /** Sends a request, without waiting for it. */
  send(id: number, method: string, params?: unknown): void {
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }

  ask(
    id: number,
    method: string,
    params?: unknown,
  ): Promise<{ result?: never; error?: { code: number; message: string; data?: { code: string } } }> {
    const answer = this.next(id);
    this.send(id, method, params);
    return answer as never;
  }

  /** The next message with this id or method. */
  next(key: unknown): Promise<unknown> {
    return new Promise((resolve) => this.#waiting.set(key, resolve));
  }

  hello(protocol = protocolVersion): ReturnType<RawClient["ask"]> {
    return this.ask(0, "sparring/hello", { protocol, client: { name: "raw", version: "1" } });
  }
}

describe("a daemon's socket", () => {
  test("wants hello first", async (t) => {
    const client = await (await openDaemon(t)).raw();
    for (const method of ["sparring/run/list", "initialize", "nonsense"]) {
      assert.equal((await client.ask(1, method, {})).error?.data?.code, "protocol/hello-first");
    }
    assert.equal((await client.ask(1, "sparring/hello", { protocol: "x" })).error?.data?.code, "protocol/bad-params");
    assert.equal((await client.ask(1, "sparring/run/watch", { run: "r" })).error?.data?.code, "protocol/hello-first");
    assert.ok((await client.hello()).result);
  });

  test("gives a client of another version the core, and nothing else", async (t) => {
    const { raw, runs } = await openDaemon(t);
    const client = await raw();
    const { result } = (await client.hello(protocolVersion + 1)) as { result?: { compatible: boolean } };
    assert.equal(result?.compatible, false);
    assert.ok((await client.ask(1, "sparring/run/pause", { run: "r" })).result);
    assert.equal((await client.ask(2, "sparring/checkpoint/list", { run: "r" })).error?.data?.code, "protocol/version");
    client.next("sparring/rating/changed").then(() => assert.fail("not in the core"));
    const changed = client.next("sparring/run/changed");
    runs.emit("ratings", { run: "r", ratings: 1 });
    runs.emit("changed", overview);
    assert.deepEqual(((await changed) as { params: unknown }).params, overview);
  });

  test("says precisely what is wrong with parameters", async (t) => {
    const client = await (await openDaemon(t)).connect();
    const rating = { id: "", rater: "a", round: 1.5, query: 0, answer: 0, score: 8, blind: true };
    await assert.rejects(client.request("sparring/sample/rate", { run: "r", rating }), {
      code: "protocol/bad-params",
      place: "sparring/sample/rate",
      message: /`rating\.id`: .*1 char.*`rating\.round`: .*int.*`rating\.score`: .*<=7/,
    });
    await assert.rejects(client.request("sparring/run/pause", [] as never), { message: /the parameters: .*object/ });
    await assert.rejects(client.request("sparring/run/pause", { run: "../../etc" }), { message: /`run`: / });
  });

  test("tells errors of runs as they are, and bugs to its log only", async (t) => {
    const { connect, log } = await openDaemon(t);
    const client = await connect();
    await assert.rejects(client.request("sparring/run/get", { run: "x" }), {
      code: "store/unknown-run",
      next: "Look with `sparring list`.",
    });
    await assert.rejects(client.request("sparring/run/list", {}), (error: Error & { code: string }) => {
      assert.equal(error.code, "protocol/internal-error");
      assert.doesNotMatch(JSON.stringify(error) + error.message, /secret/);
      return true;
    });
    assert.match(log.join("\n"), /error sparring\/run\/list failed: TypeError: a bug at .*secret/);
    await assert.rejects(client.request("sparring/none" as never, {} as never), { code: "protocol/unknown-verb" });
    for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
      await assert.rejects(client.request(name as never, {} as never), { code: "protocol/unknown-verb" });
    }
  });

  test("cancels what its client cancels or leaves behind", async (t) => {
    const { connect, runs } = await openDaemon(t);
    const client = await connect();
    const messages = [{ role: "user" as const, content: "?" }];
    const ask = (signal?: AbortSignal): Promise<unknown> =>
      client.request("sparring/checkpoint/chat", { run: "r", messages }, signal ? { signal } : {});
    const early = new AbortController();
    const cancelledEarly = ask(early.signal);
    early.abort();
    await assert.rejects(cancelledEarly, AbortedError, "before its turn came");
    const controller = new AbortController();
    const cancelled = ask(controller.signal);
    const left = ask();
    await until(() => runs.chats === 2);
    controller.abort();
    await assert.rejects(cancelled, AbortedError);
    assert.equal(runs.cancelled, 1);
    await assert.rejects(ask(AbortSignal.abort()), AbortedError);
    client.close();
    await assert.rejects(left, { code: "client/disconnected", message: /This program closed the connection/ });
    await until(() => runs.cancelled === 2);
    await assert.rejects(client.request("sparring/engine/list", {}), { code: "client/disconnected" });
  });

  test("is LSP's too: initialize, shutdown and exit concern this client only", async (t) => {
    const { raw, connect } = await openDaemon(t);
    const [client, other] = [await raw(), await connect()];
    await client.hello();
    const { result } = await client.ask(1, "initialize", { processId: 1, rootUri: null, capabilities: {} });
    assert.deepEqual((result as { serverInfo: unknown } | undefined)?.serverInfo, {
      name: "sparring",
      version: "1.2.3",
    });
    assert.equal((await client.ask(2, "shutdown")).result, null);
    const closed = once(client.socket, "close");
    client.socket.send('{"jsonrpc":"2.0","method":"exit"}');
    assert.equal((await closed)[0], 1000);
    assert.ok(await other.request("sparring/engine/list", {}));
  });

  test("is closed by a request, unless runs are active", async (t) => {
    const { daemon, runs, connect, log } = await openDaemon(t);
    const client = await connect();
    runs.active.push("one", "two");
    const refused = { code: "server/runs-active", message: /2 active runs \(one, two\)/ };
    await assert.rejects(client.request("sparring/daemon/shutdown", {}), refused);
    await client.request("sparring/daemon/shutdown", { force: true });
    assert.equal(await daemon.wantsToEnd, "a client asked for it");
    await client.request("sparring/key/give", { origin: "https://judge.example", key: "sk-secret" });
    assert.match(log.join("\n"), /info test 1 asked for sparring\/daemon\/shutdown/);
    assert.doesNotMatch(log.join("\n"), /sk-secret/);
  });

  test("is closed again where it can't be announced", async (t) => {
    const { daemon } = await openDaemon(t);
    const options = {
      home: "/nowhere/at/all",
      version: "1",
      build: "b",
      identity: systemProcesses.self(),
      runs: new FakeRuns(),
      trust: { list: () => [], grant: async () => {}, revoke: async () => {} },
      keys: new Keys(),
      log: () => {},
      logFile: null,
    };
    await assert.rejects(Daemon.open(options), { code: "ENOENT" });
    assert.equal(process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length, 1);
    assert.ok(daemon.discovery.port);
  });

  test("cuts off who leaves more than 64 MB unread, and nobody else", async (t) => {
    const { raw, connect, runs, log, daemon } = await openDaemon(t);
    const [client, other] = [await raw(), await connect()];
    await client.hello();
    runs.lineLength = 3_000_000;
    client.socket.pause();
    const closed = once(client.socket, "close");
    for (let id = 1; id <= 60; id++) client.send(id, "sparring/run/log", { run: "r" });
    await until(() => daemon.clients === 1);
    assert.ok(await other.request("sparring/engine/list", {}));
    client.socket.resume();
    await closed;
    await daemon.close();
    assert.match(log.join("\n"), /unread answers/);
  });
});
