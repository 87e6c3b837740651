import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "./python.ts";

/** A stand-in for the interpreter, which starts scripts in forks of a process that has imported torch: see warm-python.py. */
export interface WarmPython {
  /** What to start in place of the interpreter. */
  readonly command: string;
  /** Ends the process that forks. */
  stop(): Promise<void>;
}

/** Hands its standard streams and the script's path over, and waits until the script has ended. */
function client(socket: string): string {
  return `#!${python} -S
import socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(${JSON.stringify(socket)})
socket.send_fds(server, [sys.argv[-1].encode()], [0, 1, 2])
server.recv(1)
`;
}

export async function warmPython(): Promise<WarmPython> {
  const folder = mkdtempSync(join(tmpdir(), "sparring-warm-"));
  const [socket, command] = [join(folder, "socket"), join(folder, "python")];
  writeFileSync(command, client(socket), { mode: 0o700 });
  const script = fileURLToPath(new URL("./warm-python.py", import.meta.url));
  const child = spawn(python, ["-B", script, socket], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_WAIT_POLICY: "PASSIVE" },
  });
  const exited = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), exited]);
  return {
    command,
    async stop(): Promise<void> {
      child.stdin.end();
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
