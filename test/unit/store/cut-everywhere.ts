import assert from "node:assert/strict";
import { assertNothingLost } from "./invariants.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, type PowerCut } from "./power-cut.ts";
import { type Mark, RestartingProcesses, runId, Trainer } from "./trainer.ts";

/** What a test plays, step by step, and how power may fail meanwhile. */
interface Experiment {
  readonly scenario: (fs: MemoryFileSystem, processes: RestartingProcesses) => Promise<void>;
  readonly cuts: (step: number) => readonly PowerCut[];
  /** Whether each round has a snapshot and none rots: then no acknowledged round is ever played again. */
  readonly neverRewinds: boolean;
}

/** Cuts the power after every step, restarts, checks, and plays one more round. @returns how many cuts were checked */
export async function cutEverywhere({ scenario, cuts, neverRewinds }: Experiment): Promise<number> {
  const recorded = new MemoryFileSystem();
  await scenario(recorded, new RestartingProcesses());
  let checked = 0;
  for (let count = 0; count <= recorded.steps.length; count++) {
    const marks = recorded.steps.slice(0, count).flatMap((step) => (step.kind === "mark" ? [step.mark as Mark] : []));
    for (const cut of cuts(count)) {
      try {
        await restart(afterPowerCut(recorded, count, cut), marks, neverRewinds);
      } catch (error) {
        throw new Error(`after step ${count} of ${recorded.steps.length}, ${cut.name}: ${error}`, { cause: error });
      }
      checked++;
    }
  }
  return checked;
}

async function restart(fs: MemoryFileSystem, marks: readonly Mark[], neverRewinds: boolean): Promise<void> {
  const processes = new RestartingProcesses();
  processes.restart();
  processes.restart();
  const trainer = new Trainer(fs, 3, processes);
  if (!(await trainer.store.listRuns()).includes(runId)) {
    assert.deepEqual(marks, [], "a run that acknowledged something must exist");
    return trainer.create();
  }
  const recovered = await trainer.recover();
  await assertNothingLost(fs, trainer.store, recovered, marks);
  if (neverRewinds) assert.deepEqual(recovered.rewound, []);
  const next = (recovered.from?.round ?? -1) + 1;
  await trainer.commit(next);
  await trainer.close();

  processes.restart();
  const again = new Trainer(fs, 4, processes);
  const { from, notes } = await again.recover();
  assert.equal(from?.round, next);
  assert.deepEqual(notes, []);
}
