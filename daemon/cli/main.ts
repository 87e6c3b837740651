#!/usr/bin/env node
/** The `sparring` program: gives the command line its world, and nothing else. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { relative, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect } from "../client/connect.ts";
import { serve } from "../server/serve.ts";
import { lookAtTorch } from "../setup/setup.ts";
import { isRunning } from "../store/processes.ts";
import { version } from "../version.ts";
import { tryEngine } from "./doctor/try-engine.ts";
import { invocationOf } from "./invocation.ts";
import { runProgram } from "./program.ts";

/** The example that `play` trains, seen from the bundle (dist/) and from the sources (daemon/cli/). */
const example = ["../examples", "../../examples"]
  .map((folder) => fileURLToPath(new URL(`${folder}/addition.sparring.yaml`, import.meta.url)))
  .find((file) => existsSync(file));

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const home = resolve(process.env.SPARRING_HOME || resolve(homedir(), ".sparring"));

// Whoever read the output has gone (`sparring schema | head`): nothing is left to be said.
process.stdout.on("error", () => process.exit());

process.exitCode = await runProgram(
  {
    connect: ({ start }) => connect({ home, client: { name: "sparring-cli", version }, start }),
    serve: ({ background }) => serve({ home, background, version }),
    tryEngine,
    lookAtTorch: () => lookAtTorch(home),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    home,
    workspace: process.cwd(),
    example: relative(process.cwd(), example ?? "examples/addition.sparring.yaml"),
    version,
    invocation: invocationOf(process.argv[1]!, process.cwd()),
    now: () => performance.now(),
    date: () => new Date(),
    wait: (milliseconds) => wait(milliseconds),
    unique: (bytes) => randomBytes(bytes).toString("hex"),
    processExists: (pid) => isRunning(pid),
    onInterrupt: (handler) => {
      for (const signal of interruptions) process.on(signal, handler);
      return () => {
        for (const signal of interruptions) process.off(signal, handler);
      };
    },
    kill: () => process.exit(130),
  },
  process.argv.slice(2),
);
