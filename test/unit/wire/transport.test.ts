import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, type TestContext, test } from "node:test";
import type { Message } from "vscode-jsonrpc/node";
import { WebSocket, WebSocketServer } from "ws";
import { MalformedMessage } from "../../../daemon/wire/message.ts";
import { SocketReader, SocketWriter } from "../../../daemon/wire/transport.ts";

/** Two ends of a real socket. */
async function pair(t: TestContext): Promise<{ here: WebSocket; there: WebSocket }> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(() => server.close());
  await once(server, "listening");
  const here = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [[there]] = (await Promise.all([once(server, "connection"), once(here, "open")])) as [[WebSocket], unknown];
  t.after(() => here.terminate());
  return { here, there };
}

const message = (n: number): Message => ({ jsonrpc: "2.0", method: "m", params: { n } }) as Message;

describe("JSON-RPC over a WebSocket", () => {
  test("loses nothing that comes before somebody listens, and keeps the order", async (t) => {
    const { here, there } = await pair(t);
    const reader = new SocketReader(here);
    const writer = new SocketWriter(there);
    await Promise.all([0, 1, 2].map((n) => writer.write(message(n))));
    const got: Message[] = [];
    await new Promise<void>((resolve) => {
      reader.listen((received) => {
        got.push(received);
        if (got.length === 3) resolve();
      });
    });
    assert.deepEqual(got, [message(0), message(1), message(2)]);
  });

  test("tells a close as a close, on both sides, and rejects writes after it", async (t) => {
    const { here, there } = await pair(t);
    const reader = new SocketReader(here);
    const writer = new SocketWriter(here);
    const errors: unknown[] = [];
    reader.onError((error) => errors.push(error));
    writer.onError((error) => errors.push(error));
    const closed = Promise.all([
      new Promise<void>((resolve) => reader.onClose(() => resolve())),
      new Promise<void>((resolve) => writer.onClose(() => resolve())),
    ]);
    reader.listen(() => {});
    there.terminate();
    await closed;
    await assert.rejects(writer.write(message(0)), /closed/);
    assert.deepEqual(errors, []);
  });

  test("reads nothing more after a malformed frame, and says what it was", async (t) => {
    const { here, there } = await pair(t);
    const reader = new SocketReader(here);
    const errors: Error[] = [];
    reader.onError((error) => errors.push(error));
    const got: Message[] = [];
    reader.listen((received) => got.push(received));
    for (const frame of [JSON.stringify(message(0)), "garbage", JSON.stringify(message(1))]) there.send(frame);
    there.close();
    await once(here, "close");
    assert.deepEqual(got, [message(0)]);
    assert.ok(errors.length === 1 && errors[0] instanceof MalformedMessage);
  });

  test("takes text frames only", async (t) => {
    const { here, there } = await pair(t);
    const reader = new SocketReader(here);
    const malformed = new Promise<Error>((resolve) => reader.onError(resolve));
    reader.listen(() => assert.fail("a binary frame is no message"));
    there.send(Buffer.from(JSON.stringify(message(0))));
    assert.match((await malformed).message, /binary/);
  });
});
