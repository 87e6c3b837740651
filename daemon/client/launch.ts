import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SparringError } from "../errors.ts";
import { orIfMissing } from "../store/file-errors.ts";
import { ensureHome } from "../store/home.ts";
import { version } from "../version.ts";
import type { Program } from "../wire/program.ts";
import { installProgram } from "./bundle.ts";

/** Of a failed daemon's log, its last lines are shown. */
const shownLines = 12;

/** What runs a program: a Node, or an Electron that is told to be one. */
export interface Runtime {
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A daemon that was started, and may not be listening yet. */
export interface Launch {
  /** Why its process has ended; undefined while it runs. A daemon that found another one at work ends with code 0. */
  readonly ended: () => string | undefined;
  /** The error for a daemon that did not come up, with what it said last. */
  failure(why: string): Promise<SparringError>;
}

/**
 * Starts a daemon in the background. It outlives this process and its terminal, and gets no secret: the token is made by the
 * daemon, and lies in its discovery file.
 */
export async function launch(
  home: string,
  program: Program,
  runtime: Runtime = { command: process.execPath },
): Promise<Launch> {
  await ensureHome(home);
  const log = join(home, "daemon", "log.txt");
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const file = await open(log, "a", 0o600);
  const logStart = (await file.stat()).size;
  const { args, cwd } = await commandOf(home, program);
  let ended: string | undefined;
  try {
    const child = spawn(runtime.command, args, {
      cwd,
      detached: true,
      stdio: ["ignore", file.fd, file.fd],
      env: { ...process.env, ...runtime.env, SPARRING_HOME: home },
    });
    child.on("error", (error) => {
      ended = error.message;
    });
    child.on("exit", (code, signal) => {
      if (code !== 0) ended = signal ? `it was ended by ${signal}` : `it ended with code ${code}`;
    });
    child.unref();
  } finally {
    await file.close();
  }
  return {
    ended: () => ended,
    async failure(why) {
      const text = (await orIfMissing(readFile(log), Buffer.alloc(0))).subarray(logStart).toString();
      const lines = text.trimEnd().split("\n").slice(-shownLines);
      const said = lines[0] === "" ? "It left no word in its log." : `It said last:\n${lines.join("\n")}`;
      return new SparringError(
        "client/daemon-not-started",
        `The daemon could not be started: ${why}. ${said}`,
        "Correct what it says, or run `sparring serve` to see it start in this terminal.",
        { place: log },
      );
    },
  };
}

/** The program's command line. A bundle is copied into the home first; sources run where they are. */
async function commandOf(home: string, program: Program): Promise<{ args: string[]; cwd: string }> {
  const verb = ["serve", "--background"];
  if (program.build !== "source") {
    const { root } = await installProgram(home, program, version);
    return { args: [join(root, "dist/sparring.js"), ...verb], cwd: home };
  }
  const loader = createRequire(join(program.root, "package.json")).resolve("tsx");
  return { args: ["--import", loader, join(program.root, "daemon/cli/main.ts"), ...verb], cwd: program.root };
}
