import { join } from "node:path";
import { checkpointRounds } from "./checkpoints.ts";
import type { FileSystem } from "./fs.ts";
import { toJsonLines } from "./jsonl.ts";
import { layout, roundName, roundOfName } from "./layout.ts";
import { setRatingsAside } from "./ratings.ts";
import type { RoundRecord } from "./records.ts";
import { ensureFolder, replaceFile } from "./tree.ts";

/**
 * Keeps finished rounds that training can't continue from: copies their lines to `rewound/<time>-<last round>/rounds.jsonl`
 * with their ratings, and moves their samples and checkpoints there, durably. The caller then cuts rounds.jsonl.
 * The folder is named after the newest of the rounds (no two plays of a round finish at the same time), so that a start-up
 * that was cut short here goes on in the same one.
 * @returns the folder
 */
export async function setAside(fs: FileSystem, dir: string, rounds: readonly RoundRecord[]): Promise<string> {
  const newest = rounds.at(-1)!;
  const time = newest.finishedAt.replace(/[^0-9A-Za-z]/g, "-");
  const folder = join(layout.rewound(dir), `${time}-${roundName(newest.round)}`);
  await ensureFolder(fs, layout.rewound(dir));
  await ensureFolder(fs, folder);
  await ensureFolder(fs, layout.samplesFolder(folder));
  await ensureFolder(fs, layout.checkpoints(folder));
  await replaceFile(fs, layout.rounds(folder), toJsonLines(rounds));
  await setRatingsAside(fs, dir, folder, rounds);
  await fs.syncFolder(layout.rewound(dir));
  await fs.syncFolder(dir);

  const first = rounds[0]!.round;
  for (const round of await sampleRounds(fs, dir)) {
    if (round < first || round > newest.round) continue;
    await fs.rename(layout.samples(dir, round), layout.samples(folder, round));
  }
  for (const round of await checkpointRounds(fs, dir)) {
    if (round < first || round > newest.round) continue;
    await fs.rename(layout.checkpoint(dir, round), layout.checkpoint(folder, round));
  }
  // The new names before the old ones are gone: at no time may both be missing.
  await fs.syncFolder(layout.samplesFolder(folder));
  await fs.syncFolder(layout.checkpoints(folder));
  await fs.syncFolder(layout.samplesFolder(dir));
  await fs.syncFolder(layout.checkpoints(dir));
  return folder;
}

/** The rounds that have a samples file, ascending. */
export async function sampleRounds(fs: FileSystem, dir: string): Promise<number[]> {
  const entries = await fs.list(layout.samplesFolder(dir));
  return entries
    .map(({ name }) => (name.endsWith(".jsonl") ? roundOfName(name.slice(0, -".jsonl".length)) : undefined))
    .filter((round) => round !== undefined)
    .sort((a, b) => a - b);
}
