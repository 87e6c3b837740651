import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from "vscode-jsonrpc/node";
import { type RawData, WebSocket } from "ws";
import { MalformedMessage, parseMessage } from "./message.ts";

/**
 * Reads JSON-RPC from a WebSocket, one message a text frame. The socket is paused until somebody listens, so that nothing
 * is lost meanwhile. Its end is a close and never an error; the one error there is is a `MalformedMessage`, after which no
 * frame is read any more: whoever owns the socket closes it.
 */
export class SocketReader extends AbstractMessageReader implements MessageReader {
  readonly #socket: WebSocket;
  readonly #admit: (message: Message) => boolean;

  /** @param admit whether a message goes on to who listens; may throw a `MalformedMessage` */
  constructor(socket: WebSocket, admit: (message: Message) => boolean = () => true) {
    super();
    this.#socket = socket;
    this.#admit = admit;
    socket.pause();
    socket.on("close", () => this.fireClose());
  }

  listen(callback: DataCallback): Disposable {
    const read = (data: RawData, isBinary: boolean): void => {
      let message: Message;
      try {
        if (isBinary) throw new MalformedMessage("it is a binary frame");
        message = parseMessage(data.toString());
        if (!this.#admit(message)) return;
      } catch (error) {
        this.#socket.off("message", read);
        this.fireError(error);
        return;
      }
      callback(message);
    };
    this.#socket.on("message", read);
    this.#socket.resume();
    return { dispose: () => this.#socket.off("message", read) };
  }
}

/** Writes JSON-RPC to a WebSocket. A write resolves once the system has taken the frame, and rejects on a closed socket. */
export class SocketWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("close", () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#socket.readyState !== WebSocket.OPEN) return reject(new Error("The socket is closed."));
      this.#socket.send(JSON.stringify(message), (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {}
}
