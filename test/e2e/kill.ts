import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streamUniform } from "../../daemon/engine/random.ts";

/*
 * Real processes, killed with SIGKILL at random moments: the daemon's side, the engine's, or both. Whatever was
 * interrupted is resumed until it finishes; its last checkpoint must then be that of an undisturbed run, bit for bit.
 */

const rounds = 10;
const trainer = new URL("./trainer.ts", import.meta.url).pathname;

type Victim = "trainer" | "engine" | "both";

interface Trainer {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
}

function start(home: string, verb: "start" | "resume"): Trainer {
  const args = ["--import", "tsx", trainer, home, verb, String(rounds)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  return { child, ended: new Promise((resolve) => child.on("exit", resolve)) };
}

/** Process id of a trainer's engine, if it has one by now. */
function engineOf(pid: number | undefined): number | undefined {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number);
    return children.find((child) => child && readFileSync(`/proc/${child}/cmdline`, "utf8").includes("onnx-worker"));
  } catch {
    return undefined;
  }
}

function kill(pid: number | undefined): void {
  try {
    if (pid) process.kill(pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

function finalHash(home: string): string {
  const dir = join(home, "runs", "victim", "checkpoints", String(rounds).padStart(6, "0"));
  const hash = createHash("sha256");
  for (const file of readdirSync(dir).sort()) hash.update(file).update(readFileSync(join(dir, file)));
  return hash.digest("hex");
}

/** Runs to the end, starting or resuming as the files say. */
async function finish(home: string): Promise<void> {
  const verb = existsSync(join(home, "runs", "victim", "run.json")) ? "resume" : "start";
  assert.equal(await start(home, verb).ended, 0, `${verb} failed`);
}

/** Kills a run at `trials` random moments, each in a home of its own; throws where one ends differently. */
export async function killTrials(trials: number, seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sparring-kill-"));
  try {
    const undisturbed = join(folder, "undisturbed");
    const began = performance.now();
    await finish(undisturbed);
    const duration = performance.now() - began;
    const expected = finalHash(undisturbed);

    for (let trial = 0; trial < trials; trial++) {
      const home = join(folder, `trial-${trial}`);
      const random = (index: number): number => streamUniform(seed, "tasks", trial * 8 + index);
      const kills = 1 + Math.floor(random(0) * 2);
      const story: string[] = [];
      for (let i = 0; i < kills; i++) {
        const verb = existsSync(join(home, "runs", "victim", "run.json")) ? "resume" : "start";
        const victim = (["trainer", "engine", "both"] as const)[Math.floor(random(1 + 2 * i) * 3)] as Victim;
        const delay = random(2 + 2 * i) * duration;
        const { child, ended } = start(home, verb);
        const timer = setTimeout(() => {
          const engine = engineOf(child.pid);
          if (victim !== "trainer") kill(engine);
          if (victim !== "engine") kill(child.pid);
        }, delay);
        await ended;
        clearTimeout(timer);
        story.push(`${verb}, ${victim} killed after ${Math.round(delay)} ms`);
      }
      await finish(home);
      assert.equal(finalHash(home), expected, `trial ${trial} (${story.join("; ")}) ended with other weights`);
      rmSync(home, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
