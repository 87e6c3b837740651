#!/usr/bin/env node
/** The `sparring` program: gives the command line its world, and nothing else. */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { forkRun, resumeRun, startRun } from "../runs/run.ts";
import { version } from "../version.ts";
import { invocationOf } from "./invocation.ts";
import { runProgram } from "./program.ts";

/** The example that `play` trains, seen from the bundle (dist/) and from the sources (daemon/cli/). */
const example = ["../examples", "../../examples"]
  .map((folder) => fileURLToPath(new URL(`${folder}/addition.sparring.yaml`, import.meta.url)))
  .find((file) => existsSync(file))!;

const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

// Whoever read the output has gone (`sparring schema | head`): nothing is left to be said.
process.stdout.on("error", () => process.exit());

process.exitCode = await runProgram(
  {
    runner: { startRun, resumeRun, forkRun },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    workspace: process.cwd(),
    example: relative(process.cwd(), example),
    version,
    invocation: invocationOf(process.argv[1]!, process.cwd()),
    now: () => performance.now(),
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
