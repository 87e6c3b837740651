import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import type { Cli } from "../../../daemon/cli/cli.ts";
import { runProgram } from "../../../daemon/cli/program.ts";
import { SparringError } from "../../../daemon/errors.ts";
import type { Method } from "../../../daemon/protocol.ts";
import { FakeDaemon } from "./fake-daemon.ts";

/** What a command line did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Requests to the daemon: method and parameters. */
  readonly calls: readonly [Method, unknown][];
  readonly killed: boolean;
}

export interface World {
  readonly daemon?: FakeDaemon;
  readonly env?: Record<string, string>;
  readonly columns?: number;
  readonly isTTY?: boolean;
  /** Presses Ctrl+C before these rounds. */
  readonly interruptAt?: readonly number[];
  /** Thrown instead of playing this round. */
  readonly failure?: { readonly round: number; readonly error: unknown };
  /** What is typed or piped; a terminal's stays open. */
  readonly stdin?: string;
  readonly cli?: Partial<Cli>;
}

/** Something to write to, and what was written. */
export function screen(properties: object): { stream: PassThrough; text: () => string } {
  const stream = Object.assign(new PassThrough(), properties);
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** A keyboard on which keys were typed ahead. */
function keyboard({ stdin = "", isTTY }: World): Cli["stdin"] {
  const stream = Object.assign(new PassThrough(), { isTTY, setRawMode: () => stream });
  stream.write(stdin);
  if (!isTTY) stream.end();
  return stream;
}

/** Runs a command line in a world without daemon, engine, clock and files. */
export async function sparring(args: readonly string[], world: World = {}): Promise<Outcome> {
  const { columns, isTTY, env = {}, daemon = new FakeDaemon(), failure, interruptAt } = world;
  const [stdout, stderr] = [screen({ columns, isTTY }), screen({ columns, isTTY })];
  let killed = false;
  let waited = 0;
  let drawn = 0;
  let press = (): void => {};
  const { beforeRound } = daemon;
  daemon.beforeRound = async (round, run) => {
    if (interruptAt?.includes(round)) press();
    if (failure?.round === round) throw failure.error;
    await beforeRound(round, run);
  };

  const cli: Cli = {
    connect: async () => daemon.client(),
    serve: async () => 0,
    tryEngine: async () => "CPU, 2 threads",
    lookAtTorch: async () => undefined,
    stdin: keyboard(world),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    home: "/home",
    workspace: "/work",
    example: "examples/addition.sparring.yaml",
    version: "1.2.3",
    invocation: "node dist/sparring.js",
    now: () => daemon.now + waited,
    date: () => new Date("2025-11-21T05:30:00.000Z"),
    wait: async (milliseconds) => {
      waited += milliseconds;
      await turn();
    },
    unique: (bytes) =>
      createHash("sha256")
        .update(String(drawn++))
        .digest("hex")
        .slice(0, 2 * bytes),
    processExists: () => false,
    onInterrupt: (handler) => {
      press = handler;
      return () => {
        press = () => {};
      };
    },
    kill: () => {
      killed = true;
    },
    ...world.cli,
  };
  const code = await runProgram(cli, args);
  return { code, stdout: stdout.text(), stderr: stderr.text(), calls: daemon.calls, killed };
}

/** What `connect` throws where no daemon runs. */
export function noDaemon(): SparringError {
  return new SparringError("client/no-daemon", "No daemon is running for /home.", "Start one with `sparring serve`.");
}
