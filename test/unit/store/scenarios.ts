import assert from "node:assert/strict";
import { layout } from "../../../daemon/store/layout.ts";
import type { MemoryFileSystem } from "./memory-fs.ts";
import { home, type RestartingProcesses, runId, Trainer } from "./trainer.ts";

/** A snapshot each round, checkpoints, retention, and a clean restart. */
export async function everyRound(fs: MemoryFileSystem, processes: RestartingProcesses): Promise<void> {
  const first = new Trainer(fs, 1, processes);
  await first.create();
  for (let round = 0; round <= 5; round++) {
    if (round % 2 === 0) await first.checkpoint(round);
    await first.commit(round);
    await first.retain(1, [2]);
  }
  await first.close();
  processes.restart();
  const second = new Trainer(fs, 2, processes);
  assert.equal((await second.recover()).from?.round, 5);
  for (const round of [6, 7]) await second.commit(round);
  await second.close();
}

/** A snapshot every third round: a killed process costs rounds, kept aside with their checkpoints and ratings. */
export async function everyThirdRound(fs: MemoryFileSystem, processes: RestartingProcesses): Promise<void> {
  const first = new Trainer(fs, 1, processes);
  await first.create();
  for (let round = 0; round <= 5; round++) {
    if (round === 5) await first.checkpoint(round);
    await first.commit(round, round % 3 === 0);
    await first.rate(round, `a${round}`);
  }
  await first.unrate("a4");
  await first.unrate("a3");
  await first.rate(3, "b3");
  processes.restart();
  const second = new Trainer(fs, 2, processes);
  const { from, rewound } = await second.recover();
  assert.equal(from?.round, 3);
  assert.deepEqual(
    rewound.map(({ round }) => round),
    [4, 5],
  );
  for (let round = 4; round <= 6; round++) {
    if (round === 5) await second.checkpoint(round);
    await second.commit(round, round % 3 === 0);
    if (round === 5) await second.rate(round, "c5");
  }
  await second.rate(3, "c3");
  await second.close();
}

/** The newest snapshot rots: training goes on from the one before. */
export async function damagedSlot(fs: MemoryFileSystem, processes: RestartingProcesses): Promise<void> {
  const first = new Trainer(fs, 1, processes);
  await first.create();
  for (let round = 0; round <= 3; round++) await first.commit(round);
  for (const round of [2, 3]) await first.rate(round, `a${round}`);
  const weights = `${layout.slot(layout.run(home, runId), "b")}/weights.safetensors`;
  await fs.write(weights, Buffer.from("rot"));
  await fs.syncFile(weights);
  processes.restart();
  const second = new Trainer(fs, 2, processes);
  assert.equal((await second.recover()).from?.round, 2);
  for (const round of [3, 4]) await second.commit(round);
  await second.close();
}
