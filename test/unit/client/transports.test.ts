import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { Message } from "vscode-jsonrpc/node";
import { type WebSocket, WebSocketServer } from "ws";
import { reachTransports } from "../../../daemon/client/transports.ts";
import { systemProcesses } from "../../../daemon/store/processes.ts";
import { writeDiscovery } from "../../../daemon/wire/discovery.ts";

const hello = { protocol: 1, compatible: true, version: "9", build: "b", home: "/h", pid: 1, startedAt: "" };

/** A home with a daemon of another make, which does as a test says once it was greeted. */
async function homeWith(t: TestContext, greeted: (socket: WebSocket, id: number) => void): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "sparring-transports-"));
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
    rmSync(home, { recursive: true, force: true });
  });
  let connections = 0;
  server.on("connection", (socket) => {
    const isFirst = connections++ === 0;
    socket.on("message", (data) => {
      const { id } = JSON.parse(data.toString()) as { id: number };
      // The first connection looks which build runs; the second one is handed out.
      if (isFirst) socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: hello }));
      else greeted(socket, id);
    });
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await writeDiscovery(home, {
    ...systemProcesses.self(),
    ...{ port, token: "t".repeat(43), version: "9", build: "b", startedAt: "" },
  });
  return home;
}

const reachIn = (home: string) =>
  reachTransports({ home, client: { name: "test", version: "1" }, start: false, program: { root: "/", build: "b" } });

describe("transports of a connection", () => {
  test("are handed out after hello, and lose nothing that came before somebody listened", async (t) => {
    const home = await homeWith(t, (socket, id) => {
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: hello }));
      for (const n of [1, 2, 3]) socket.send(JSON.stringify({ jsonrpc: "2.0", method: "told", params: { n } }));
    });
    const transports = await reachIn(home);
    assert.deepEqual(transports.hello, hello);
    assert.equal(transports.notice, undefined);
    const heard: Message[] = [];
    await new Promise<void>((resolve) => {
      transports.reader.listen((message) => {
        heard.push(message);
        if (heard.length === 3) resolve();
      });
    });
    assert.deepEqual(
      heard.map((message) => (message as unknown as { params: object }).params),
      [{ n: 1 }, { n: 2 }, { n: 3 }],
    );
    const readerClosed = new Promise<void>((resolve) => transports.reader.onClose(() => resolve()));
    transports.close();
    await readerClosed;
    assert.equal((await transports.closed).code, 1005);
  });

  test("say with what code and word the daemon has gone", async (t) => {
    const home = await homeWith(t, (socket, id) => {
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: hello }));
      socket.close(1001, "The daemon has ended.");
    });
    const { closed, reader } = await reachIn(home);
    reader.listen(() => {});
    assert.deepEqual(await closed, { code: 1001, reason: "The daemon has ended." });
  });

  test("are not those of one that does not answer hello", async (t) => {
    const home = await homeWith(t, (socket) => socket.close());
    await assert.rejects(reachIn(home), { code: "client/daemon-silent" });
  });
});
