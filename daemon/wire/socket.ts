import { WebSocket } from "ws";
import { maxFrameBytes } from "../protocol.ts";
import type { Discovery } from "./discovery.ts";

/** The one path that the daemon answers on. */
export const socketPath = "/sparring";

/** A daemon that does not complete the handshake within this time does not answer, milliseconds. */
const handshakeTimeoutMs = 5_000;

/** Pages of results stay below the clients' own limit; a single record (a run's whole config, say) has room above it. */
const maxResultBytes = 16 * maxFrameBytes;

/**
 * Opens a socket to a daemon. It is paused: a `SocketReader` starts it.
 * @throws Error of Node or ws where nobody listens there, or the handshake is refused
 */
export function openSocket({ port, token }: Pick<Discovery, "port" | "token">): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${socketPath}`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      maxPayload: maxResultBytes,
      handshakeTimeout: handshakeTimeoutMs,
      followRedirects: false,
    });
    socket.once("open", () => {
      socket.pause();
      socket.off("error", reject);
      // What ends a socket is told by its close.
      socket.on("error", () => {});
      resolve(socket);
    });
    socket.once("error", reject);
  });
}
