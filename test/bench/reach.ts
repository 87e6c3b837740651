import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { connect } from "../../daemon/client/connect.ts";

export const program = new URL("../../dist/sparring.js", import.meta.url).pathname;

/** A daemon of a home with a client, for a benchmark. */
export interface BenchDaemon {
  readonly child: ChildProcess;
  readonly client: DaemonClient;
  end(): Promise<void>;
}

/** Starts the bundled daemon and connects to it. */
export async function startDaemon(home: string): Promise<BenchDaemon> {
  const child = spawn(process.execPath, [program, "serve"], {
    stdio: "ignore",
    env: { ...process.env, SPARRING_HOME: home },
  });
  const exit = new Promise((resolve) => child.on("exit", resolve));
  for (;;) {
    try {
      const client = await connect({ home, client: { name: "bench", version: "0" }, start: false });
      const end = async (): Promise<void> => {
        client.close();
        child.kill("SIGTERM");
        await exit;
      };
      return { child, client, end };
    } catch {
      // It is not listening yet.
      await sleep(5);
    }
  }
}
