import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { Patience } from "../../daemon/runs/control/watch-dog.ts";

/** Runs in this process, in a home of their own, until the test is over. */
export interface Bench {
  readonly home: string;
  readonly runs: Supervisor;
  /** Resolves when a snapshot of the run's progress or a change of its state makes the condition true. */
  until(condition: () => boolean): Promise<void>;
}

/** Opens an empty home. */
export async function bench(t: TestContext, patience?: Patience): Promise<Bench> {
  const home = mkdtempSync(join(tmpdir(), "sparring-restart-"));
  const runs = await Supervisor.open({ home, log: () => {}, ...(patience && { patience }) });
  t.after(async () => {
    await runs.close();
    rmSync(home, { recursive: true, force: true });
  });
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        for (const unsubscribe of unsubscribers) unsubscribe();
        resolve();
      };
      const unsubscribers = [runs.on("progress", look), runs.on("changed", look)];
      look();
    });
  return { home, runs, until };
}

/** Resolves with a run's overview when it rests. */
export async function rested({ runs, until }: Bench, run: string): ReturnType<Supervisor["overview"]> {
  let state: string = (await runs.overview(run)).state;
  const unsubscribe = runs.on("changed", (changed) => {
    if (changed.id === run) state = changed.state;
  });
  await until(() => !["queued", "starting", "running", "paused"].includes(state));
  unsubscribe();
  return runs.overview(run);
}

/** Waits until a run rests, which has to be because it has finished. */
export async function finished(home: Bench, run: string): Promise<void> {
  const { state, problem } = await rested(home, run);
  assert.deepEqual({ state, problem }, { state: "finished", problem: undefined });
}

/** Process ids of the engines that this process started, by the worker's name. */
export function enginesOf(worker: "onnx-worker" | "main.py"): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children.map(Number).filter((child) => child && commandOf(child).includes(worker));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** A hash over the files of a run's checkpoint: weights, moments, step. */
export function checkpointHash(home: string, run: string, round: number): string {
  const dir = join(home, "runs", run, "checkpoints", String(round).padStart(6, "0"));
  const hash = createHash("sha256");
  for (const file of readdirSync(dir).sort()) hash.update(file).update(readFileSync(join(dir, file)));
  return hash.digest("hex");
}
