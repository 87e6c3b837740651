import { join } from "node:path";
import type { RecoveryRef } from "./records.ts";

/** One of the two recovery slots, written in turn. */
export type Slot = RecoveryRef["slot"];

/** Where files lie: those of SPARRING_HOME below `home`, those of a run below its folder `dir`. */
export const layout = {
  index: (home: string): string => join(home, "db.json"),
  trust: (home: string): string => join(home, "trust.json"),
  runs: (home: string): string => join(home, "runs"),
  run: (home: string, id: string): string => join(home, "runs", id),
  record: (dir: string): string => join(dir, "run.json"),
  status: (dir: string): string => join(dir, "status.json"),
  agreed: (dir: string): string => join(dir, "agreed.json"),
  rounds: (dir: string): string => join(dir, "rounds.jsonl"),
  ratings: (dir: string): string => join(dir, "ratings.jsonl"),
  picks: (dir: string): string => join(dir, "picks.jsonl"),
  log: (dir: string): string => join(dir, "log.txt"),
  olderLog: (dir: string): string => join(dir, "log.1.txt"),
  samplesFolder: (dir: string): string => join(dir, "samples"),
  samples: (dir: string, round: number): string => join(dir, "samples", `${roundName(round)}.jsonl`),
  recovery: (dir: string): string => join(dir, "recovery"),
  slot: (dir: string, slot: Slot): string => join(dir, "recovery", slot),
  opponents: (dir: string): string => join(dir, "opponents"),
  checkpoints: (dir: string): string => join(dir, "checkpoints"),
  checkpoint: (dir: string, round: number): string => join(dir, "checkpoints", roundName(round)),
  rewound: (dir: string): string => join(dir, "rewound"),
};

/** A round in file names: six digits, so that names sort like rounds; more where six do not do. */
export function roundName(round: number): string {
  return String(round).padStart(6, "0");
}

/** The round of a name made by `roundName`, undefined for every other name (temporary ones, say). */
export function roundOfName(name: string): number | undefined {
  const round = /^\d{6,}$/.test(name) ? Number(name) : undefined;
  return round !== undefined && roundName(round) === name ? round : undefined;
}
