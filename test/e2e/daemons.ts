import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { connect } from "../../daemon/client/connect.ts";
import { parseConfig } from "../../daemon/config/load.ts";
import { type Discovery, findDiscovery } from "../../daemon/wire/discovery.ts";

/** Where daemons of tests come from: the bundle that test/run.ts has built. */
export const program = resolve("dist/sparring.js");

/** A home of its own; whatever runs in it is ended, and it is deleted, when the test is over. */
export function temporaryHome(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "sparring-daemon-"));
  t.after(async () => {
    const found = await findDiscovery(home).catch(() => ({ state: "none" }) as const);
    if ("daemon" in found) {
      process.kill(found.daemon.pid, "SIGKILL");
      await until(() => !isAlive(found.daemon.pid));
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return home;
}

export interface TestDaemon {
  readonly home: string;
  readonly child: ChildProcess;
  readonly discovery: Discovery;
  /** What it has logged. */
  log(): string;
  connect(): Promise<DaemonClient>;
}

/** Starts a daemon in the foreground, and waits until it can be found. */
export async function startDaemon(t: TestContext, home = temporaryHome(t)): Promise<TestDaemon> {
  const child = spawn(process.execPath, [program, "serve"], {
    env: { ...process.env, SPARRING_HOME: home },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const discovery = await until(async () => {
    if (child.exitCode !== null) throw new Error(`the daemon ended: ${log}`);
    const found = await findDiscovery(home);
    return found.state === "running" ? found.daemon : undefined;
  });
  return { home, child, discovery, log: () => log, connect: () => connectTo(t, home) };
}

/** Connects to the daemon of a home, until the test is over. */
export async function connectTo(t: TestContext, home: string): Promise<DaemonClient> {
  const client = await connect({ home, client: { name: "test", version: "1" }, start: false });
  t.after(() => client.close());
  return client;
}

/** Waits for a value. */
export async function until<T>(look: () => T | Promise<T>, seconds = 30): Promise<NonNullable<T>> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`${look} did not come true in ${seconds} s`);
    await sleep(20);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Open files and sockets of a process. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** A complete config of a small run on nano. */
export function nanoConfig(rounds: number): Record<string, unknown> {
  const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: ${rounds} }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
eval: { every: 10, limit: 16 }
checkpoints: { every: 3, keep: 2 }
`;
  return { ...parseConfig(text, { file: "test.sparring.yaml" }).config };
}
