import assert from "node:assert/strict";
import { test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import { assertNothingLost } from "./invariants.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, powerCuts } from "./power-cut.ts";
import { type Mark, RestartingProcesses, runId, Trainer } from "./trainer.ts";

/** What a run does with its store, one promise after the other; the middle is a kill, which costs round 1 and its rating. */
function play(fs: MemoryFileSystem, processes: RestartingProcesses): (() => Promise<unknown>)[] {
  const first = new Trainer(fs, 1, processes);
  const second = new Trainer(fs, 2, processes);
  return [
    () => first.create(),
    () => first.checkpoint(0),
    () => first.commit(0),
    () => first.commit(1, false),
    () => first.rate(0, "a0"),
    () => first.rate(1, "a1"),
    () => first.rate(0, "b0"),
    () => first.unrate("b0"),
    async () => processes.restart(),
    () => second.recover(),
    () => second.checkpoint(1),
    () => second.commit(1),
    () => second.rate(1, "c1"),
    () => second.commit(2),
    () => second.retain(1, []),
    () => second.close(),
  ];
}

for (const lasting of [false, true]) {
  test(`full disk at every step${lasting ? ", until space is made" : ", once"}`, async () => {
    let failures = 0;
    for (let failing = 0; ; failing++) {
      const fs = new MemoryFileSystem();
      const processes = new RestartingProcesses();
      let growing = 0;
      let spaceIsBack = false;
      fs.isFull = () => {
        const index = growing++;
        return !spaceIsBack && (lasting ? index >= failing : index === failing);
      };
      for (const step of play(fs, processes)) {
        try {
          await step();
        } catch (error) {
          assert.ok(error instanceof SparringError, String(error));
          assert.equal(error.code, "store/disk-full");
          failures++;
          await assertSafe(fs);
          spaceIsBack = true;
          await step();
        }
      }
      fs.isFull = () => false;
      await assertSafe(fs);
      const { rounds } = await new Trainer(fs, 3, processes).recover();
      assert.deepEqual(
        rounds.map(({ round, notes }) => `${round}:${notes[0]}`),
        ["0:s1", "1:s2", "2:s2"],
      );
      if (failing >= growing) break;
    }
    assert.ok(failures > 50, `only ${failures} failures`);
  });
}

/** Kills the process, or cuts the power, right now: nothing acknowledged may be lost. */
async function assertSafe(fs: MemoryFileSystem): Promise<void> {
  const marks = fs.steps.flatMap((step) => (step.kind === "mark" ? [step.mark as Mark] : []));
  for (const cut of powerCuts.slice(0, 2)) {
    const processes = new RestartingProcesses();
    for (let i = 0; i < 3; i++) processes.restart();
    const after = afterPowerCut(fs, fs.steps.length, cut);
    const trainer = new Trainer(after, 3, processes);
    if (marks.length === 0 && !(await trainer.store.listRuns()).includes(runId)) continue;
    await assertNothingLost(after, trainer.store, await trainer.recover(), marks);
  }
}
