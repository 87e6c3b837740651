import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { connect } from "../../daemon/client/connect.ts";
import { parseConfig } from "../../daemon/config/load.ts";
import { streamUniform } from "../../daemon/engine/random.ts";
import { SparringError } from "../../daemon/errors.ts";

/*
 * Real processes, killed with SIGKILL at random moments: the daemon, its engine's process, or both at once. Whatever was
 * interrupted is resumed through the protocol until it finishes; its last checkpoint must then be that of an undisturbed
 * run, bit for bit. Beside it, a rating is made before every kill: none that was acknowledged may be lost.
 */

const rounds = 10;
const program = new URL("../../dist/sparring.js", import.meta.url).pathname;
const run = "victim";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: ${rounds} }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3, warmup_rounds: 3, weight_decay: 0.01 }
eval: { every: 4, limit: 16 }
checkpoints: { every: 3, keep: 2 }
`;
const config = { ...parseConfig(text, { file: "victim.sparring.yaml" }).config };

type Victim = "daemon" | "engine" | "both";

interface Daemon {
  readonly child: ChildProcess;
  readonly client: DaemonClient;
}

async function start(home: string): Promise<Daemon> {
  const child = spawn(process.execPath, [program, "serve"], {
    stdio: ["ignore", "ignore", "ignore"],
    env: { ...process.env, SPARRING_HOME: home },
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the daemon ended with code ${child.exitCode}`);
    try {
      return { child, client: await connect({ home, client: { name: "kill test", version: "0" }, start: false }) };
    } catch (error) {
      // It is not listening yet.
      if (!(error instanceof SparringError && error.code.startsWith("client/"))) throw error;
      await sleep(20);
    }
  }
}

async function end({ child, client }: Daemon): Promise<void> {
  client.close();
  const exit = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}

/** Process id of a daemon's engine, if it has one by now. */
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

/** Starts the run, or resumes it, and waits until it rests or its daemon is gone. @returns its state, if somebody can tell */
async function goOn({ client }: Daemon): Promise<string | undefined> {
  const ended = new Promise<string | undefined>((resolve) => {
    client.on("sparring/run/changed", ({ id, state }) => {
      if (id === run && !["queued", "starting", "running", "paused"].includes(state)) resolve(state);
    });
    void client.closed.then(() => resolve(undefined));
  });
  try {
    const { runs } = await client.request("sparring/run/list", {});
    const known = runs.find(({ id }) => id === run);
    if (known?.state === "finished") return "finished";
    // Both may be sent again without harm, so a client that never learnt what became of its request repeats it.
    if (!known) await client.request("sparring/run/start", { run, config });
    else await client.request("sparring/run/resume", { run });
  } catch (error) {
    if (error instanceof SparringError && error.code === "client/disconnected") return undefined;
    throw error;
  }
  return ended;
}

async function rate({ client }: Daemon, id: string): Promise<boolean> {
  const rating = { id, rater: "ann", round: 1, query: 0, answer: 0, score: 5, blind: true };
  try {
    await client.request("sparring/sample/rate", { run, rating });
    return true;
  } catch {
    return false;
  }
}

/** The first query of round 1 is admitted in this game, so it has answers from its first round on. */
async function ratingsOf({ client }: Daemon): Promise<string[]> {
  return (await client.request("sparring/rating/list", { run })).ratings.map(({ id }) => id);
}

function finalHash(home: string): string {
  const dir = join(home, "runs", run, "checkpoints", String(rounds).padStart(6, "0"));
  const hash = createHash("sha256");
  for (const file of readdirSync(dir).sort()) hash.update(file).update(readFileSync(join(dir, file)));
  return hash.digest("hex");
}

/** Kills a run at `trials` random moments, each in a home of its own; throws where one ends differently. */
export async function killTrials(trials: number, seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sparring-kill-"));
  const daemons: Daemon[] = [];
  const open = async (home: string): Promise<Daemon> => {
    const daemon = await start(home);
    daemons.push(daemon);
    return daemon;
  };
  try {
    const undisturbed = join(folder, "undisturbed");
    const first = await open(undisturbed);
    const began = performance.now();
    assert.equal(await goOn(first), "finished");
    const duration = performance.now() - began;
    await end(first);
    const expected = finalHash(undisturbed);

    for (let trial = 0; trial < trials; trial++) {
      const home = join(folder, `trial-${trial}`);
      const random = (index: number): number => streamUniform(seed, "tasks", trial * 8 + index);
      const kills = 1 + Math.floor(random(0) * 2);
      const story: string[] = [];
      const rated: string[] = [];
      let daemon = await open(home);
      for (let i = 0; i < kills; i++) {
        const victim = (["daemon", "engine", "both"] as const)[Math.floor(random(1 + 2 * i) * 3)] as Victim;
        const delay = random(2 + 2 * i) * duration;
        const ended = goOn(daemon);
        await Promise.race([sleep(delay), ended]);
        const id = `${trial}-${i}`;
        if (await rate(daemon, id)) rated.push(id);
        const engine = engineOf(daemon.child.pid);
        if (victim !== "daemon") kill(engine);
        if (victim !== "engine") kill(daemon.child.pid);
        const state = await ended;
        if (victim !== "engine") {
          await daemon.client.closed;
          daemon = await open(home);
        }
        story.push(`${victim} killed after ${Math.round(delay)} ms (${state ?? "gone"})`);
      }
      assert.equal(await goOn(daemon), "finished", `trial ${trial} (${story.join("; ")})`);
      assert.deepEqual(await ratingsOf(daemon), rated, `ratings of trial ${trial} (${story.join("; ")})`);
      await end(daemon);
      assert.equal(finalHash(home), expected, `trial ${trial} (${story.join("; ")}) ended with other weights`);
      rmSync(home, { recursive: true });
    }
  } finally {
    for (const { child, client } of daemons) {
      client.close();
      kill(child.pid);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
