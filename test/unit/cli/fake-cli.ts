import { PassThrough } from "node:stream";
import type { Cli, Runner } from "../../../daemon/cli/cli.ts";
import { runProgram } from "../../../daemon/cli/program.ts";
import type { Config } from "../../../daemon/config/schema.ts";
import type { RunOptions } from "../../../daemon/runs/run.ts";
import type { RunSummary } from "../../../daemon/runs/train.ts";
import { fakeConfig, fakeProgress, fakeRound, fakeStarted } from "./fake-run.ts";

/** What a command line did. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls of the runner: its function's name and arguments, without the options. */
  readonly calls: readonly unknown[][];
  readonly killed: boolean;
}

export interface World {
  readonly env?: Record<string, string>;
  readonly columns?: number;
  readonly isTTY?: boolean;
  /** Presses Ctrl+C before these rounds. */
  readonly interruptAt?: readonly number[];
  /** Thrown instead of playing this round. */
  readonly failure?: { readonly round: number; readonly error: unknown };
  /** Whether a run stops when it is asked to. */
  readonly obeys?: boolean;
  readonly runner?: Partial<Runner>;
}

function screen(world: World): { stream: PassThrough; text: () => string } {
  const stream = Object.assign(new PassThrough(), { columns: world.columns, isTTY: world.isTTY });
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** Runs a command line in a world without engine, clock and files. */
export async function sparring(args: readonly string[], world: World = {}): Promise<Outcome> {
  const [stdout, stderr] = [screen(world), screen(world)];
  const calls: unknown[][] = [];
  let killed = false;
  let now = 0;
  let press = (): void => {};

  async function train(config: Config, { onEvent, signal }: RunOptions): Promise<RunSummary> {
    const started = fakeStarted(config);
    onEvent(started);
    const began = now;
    let last = 0;
    let status: RunSummary["status"] = "finished";
    for (let round = 0; round <= config.game.rounds; round++) {
      if (world.interruptAt?.includes(round)) press();
      if (signal?.aborted && world.obeys !== false) {
        status = "stopped";
        break;
      }
      if (world.failure?.round === round) throw world.failure.error;
      for (const event of fakeProgress(config, round)) onEvent(event);
      const finished = fakeRound(config, round);
      now += finished.record.seconds * 1000;
      onEvent(finished);
      last = round;
    }
    const accuracy = { before: 0.35, after: 0.55 + config.seed / 100 };
    return {
      id: started.run.id,
      dir: started.dir,
      status,
      rounds: last,
      seconds: (now - began) / 1000,
      seed: config.seed,
      ...accuracy,
    };
  }

  const cli: Cli = {
    runner: {
      startRun: (config, options) => {
        calls.push(["startRun", config]);
        return train(config, options);
      },
      resumeRun: (id, options) => {
        calls.push(["resumeRun", id]);
        return train(fakeConfig(), options);
      },
      forkRun: (id, round, overrides, options) => {
        calls.push(["forkRun", id, round, overrides]);
        return train(fakeConfig(), options);
      },
      ...world.runner,
    },
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: world.env ?? {},
    workspace: "/work",
    example: "examples/addition.sparring.yaml",
    version: "1.2.3",
    invocation: "node dist/sparring.js",
    now: () => now,
    onInterrupt: (handler) => {
      press = handler;
      return () => {
        press = () => {};
      };
    },
    kill: () => {
      killed = true;
    },
  };
  const code = await runProgram(cli, args);
  return { code, stdout: stdout.text(), stderr: stderr.text(), calls, killed };
}
