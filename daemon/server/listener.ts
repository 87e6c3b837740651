import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { maxFrameBytes } from "../protocol.ts";
import { refusalOf } from "./admission.ts";
import type { Refusals } from "./refusals.ts";

/** Clients at once. */
const maxClients = 64;
/** Connections at once that are not clients yet; the oldest makes room for a new one, so that a flood can't lock anybody out. */
const maxStrangers = 192;
/** A request must be there within this time, milliseconds. */
const requestTimeoutMs = 5_000;
const maxHeaderBytes = 8 * 1024;

export interface ListenerOptions {
  readonly token: string;
  readonly refusals: Refusals;
  /** Gets each admitted socket. */
  readonly onClient: (socket: WebSocket) => void;
}

/** The daemon's port on the loopback interface: lets in who may, and nobody else. */
export class Listener {
  readonly #server: Server;
  readonly #upgrader: WebSocketServer;
  readonly #options: ListenerOptions;
  /** Oldest first. */
  readonly #strangers = new Set<Duplex>();
  #clients = 0;

  private constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({
      headersTimeout: requestTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 5,
      maxHeaderSize: maxHeaderBytes,
    });
    this.#upgrader = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxFrameBytes,
    });
    this.#server.on("connection", (socket) => this.#meet(socket));
    this.#server.on("clientError", (_error, socket) => this.#refuse(socket, 400, "malformed HTTP"));
    this.#server.on("request", (_request, response) => {
      options.refusals.count("no WebSocket");
      response.writeHead(426, { connection: "close", upgrade: "websocket" }).end();
    });
    this.#server.on("upgrade", (request, socket, head) => this.#admit(request, socket, head));
    this.#upgrader.on("wsClientError", (_error, socket) => this.#refuse(socket, 400, "malformed handshake"));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async open(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    listener.#server.listen(0, "127.0.0.1");
    await once(listener.#server, "listening");
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more connections and ends those that are not clients. */
  close(): void {
    this.#server.close();
    for (const socket of this.#strangers) socket.destroy();
  }

  #meet(socket: Socket): void {
    // A connection that breaks is no event: it closes.
    socket.on("error", () => {});
    this.#strangers.add(socket);
    socket.on("close", () => this.#strangers.delete(socket));
    if (this.#strangers.size <= maxStrangers) return;
    const [oldest] = this.#strangers;
    this.#strangers.delete(oldest!);
    oldest!.destroy();
    this.#options.refusals.count("too many connections");
  }

  #admit(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = refusalOf(request, this.port, this.#options.token);
    if (refusal) this.#refuse(socket, refusal.status, refusal.why);
    else if (this.#clients >= maxClients) this.#refuse(socket, 503, "too many clients");
    else this.#upgrade(request, socket, head);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#upgrader.handleUpgrade(request, socket, head, (client) => {
      this.#strangers.delete(socket);
      this.#clients++;
      client.once("close", () => this.#clients--);
      this.#options.onClient(client);
    });
  }

  #refuse(socket: Duplex, status: number, why: string): void {
    this.#options.refusals.count(why);
    const answer = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
    socket.end(answer, () => socket.destroy());
  }
}
