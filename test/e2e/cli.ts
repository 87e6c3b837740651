import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const program = new URL("../../dist/sparring.js", import.meta.url).pathname;

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when stdout has had a match. @throws if the command ends without one */
  saw(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A SPARRING_HOME of a test, with the real program, and whatever daemon it starts. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), "sparring-cli-"));
  readonly home = join(this.folder, "home");
  readonly #running = new Set<ChildProcess>();

  /** Starts `sparring …`. */
  start(args: readonly string[], { input }: { readonly input?: string } = {}): Running {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...process.env, SPARRING_HOME: this.home, NO_COLOR: "1", USER: "tester" },
    });
    this.#running.add(child);
    child.stdin.end(input ?? "");
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = once(child, "close").then(([code]): Ended => {
      this.#running.delete(child);
      return { code, stdout, stderr };
    });
    const saw = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(stdout)) {
        const isOver = await Promise.race([once(child.stdout, "data").then(() => false), ended.then(() => true)]);
        if (isOver && !pattern.test(stdout)) throw new Error(`no ${pattern} in:\n${stdout}\n${stderr}`);
      }
    };
    return { child, saw, ended };
  }

  /** Runs `sparring …` to its end. */
  run(args: readonly string[], options: { readonly input?: string } = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** What `sparring … --json` printed last. */
  async json(args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
    const { code, stdout, stderr } = await this.run([...args, "--json"]);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout.trim().split("\n").at(-1)!);
  }

  /** Process id of the daemon. */
  get daemon(): number {
    return JSON.parse(readFileSync(join(this.home, "daemon.json"), "utf8")).pid;
  }

  /** Ends every command and the daemon, and removes all files. */
  async close(): Promise<void> {
    for (const child of this.#running) child.kill("SIGKILL");
    await this.run(["serve", "--stop", "--force"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
