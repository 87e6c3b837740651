import type { DaemonClient } from "../client/client.ts";
import { SparringError } from "../errors.ts";
import type { Cli } from "./cli.ts";
import { styleOf } from "./screen.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";

/** Connects to the daemon, starting one where none runs, and disconnects when `work` has ended. */
export async function withDaemon<T>(cli: Cli, work: (client: DaemonClient) => Promise<T>): Promise<T> {
  const client = await cli.connect({ start: true });
  if (client.notice !== undefined) {
    const { columns, colours } = styleOf(cli, cli.stderr);
    for (const line of wrap(printable(client.notice), columns)) cli.stderr.write(`${colours.yellow(line)}\n`);
  }
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** Connects to the daemon that runs; undefined where none does. */
export async function connectToRunning(cli: Cli): Promise<DaemonClient | undefined> {
  try {
    return await cli.connect({ start: false });
  } catch (error) {
    if (error instanceof SparringError && error.code === "client/no-daemon") return undefined;
    throw error;
  }
}
