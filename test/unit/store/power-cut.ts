import {
  applyData,
  applyNames,
  copyDisk,
  create,
  type DataChange,
  type Disk,
  MemoryFileSystem,
  type NameChange,
  type Step,
} from "./memory-fs.ts";

/** What a power cut does to that which was not flushed. */
export interface PowerCut {
  readonly name: string;
  /** Whether names that changed without a flush of their folder are kept; asked change by change (a rename is one). */
  readonly keepsNames: () => boolean;
  /** What is left of a file's changes that were not flushed, at least one. */
  readonly leaves: (flushed: Buffer, changes: readonly DataChange[]) => Buffer;
}

const nothing: PowerCut["leaves"] = (flushed) => flushed;
const everything: PowerCut["leaves"] = (flushed, changes) => changes.reduce(applyData, flushed);

/** The last change arrived by half. */
const half: PowerCut["leaves"] = (flushed, changes) => {
  const last = changes.at(-1)!;
  const before = everything(flushed, changes.slice(0, -1));
  if (last.kind === "truncate") return before;
  return applyData(before, { ...last, data: last.data.subarray(0, last.data.length >> 1) });
};

/** The last change has its full length and its end, but zeros at its beginning: pages reach the disk in any order. */
const zeros: PowerCut["leaves"] = (flushed, changes) => {
  const last = changes.at(-1)!;
  const before = everything(flushed, changes.slice(0, -1));
  if (last.kind === "truncate") return before;
  const data = Buffer.from(last.data);
  return applyData(before, { ...last, data: data.fill(0, 0, data.length >> 1) });
};

const always = (): boolean => true;
const never = (): boolean => false;

/** The ways in which disks lose things, from "only the process died" to "only what was flushed is left". */
export const powerCuts: readonly PowerCut[] = [
  { name: "only the process died", keepsNames: always, leaves: everything },
  { name: "nothing unflushed is left", keepsNames: never, leaves: nothing },
  { name: "names without data", keepsNames: always, leaves: nothing },
  { name: "data without names", keepsNames: never, leaves: everything },
  { name: "names and half of the data", keepsNames: always, leaves: half },
  { name: "names and data with holes", keepsNames: always, leaves: zeros },
];

/** Decides change by change and file by file. `random` returns uniform numbers in [0, 1). */
export function anyPowerCut(name: string, random: () => number): PowerCut {
  const kinds = [nothing, everything, half, zeros];
  return {
    name,
    keepsNames: () => random() < 0.5,
    leaves: (flushed, changes) => {
      const kept = changes.slice(0, 1 + Math.floor(random() * changes.length));
      return kinds[Math.floor(random() * kinds.length)]!(flushed, kept);
    },
  };
}

/** The file system after the power was cut when the first `count` steps had been taken. */
export function afterPowerCut(
  { start, steps }: { readonly start: Disk; readonly steps: readonly Step[] },
  count: number,
  cut: PowerCut,
): MemoryFileSystem {
  const names: { readonly changes: readonly NameChange[]; flushed: boolean }[] = [];
  const data = new Map<number, { flushed: Buffer; changes: DataChange[] }>();
  const disk = copyDisk(start);
  for (const step of steps.slice(0, count)) {
    if (step.kind === "names") {
      create(disk, step);
      names.push({ changes: step.changes, flushed: false });
    }
    if (step.kind === "data") {
      const file = data.get(step.inode) ?? { flushed: disk.files.get(step.inode)!, changes: [] };
      file.changes.push(step.change);
      data.set(step.inode, file);
    }
    if (step.kind === "sync") {
      const file = data.get(step.inode);
      if (file) data.set(step.inode, { flushed: everything(file.flushed, file.changes), changes: [] });
      for (const name of names) name.flushed ||= name.changes.some(({ folder }) => folder === step.inode);
    }
  }
  for (const { changes, flushed } of names) {
    if (flushed || cut.keepsNames()) applyNames(disk, changes);
  }
  for (const [inode, { flushed, changes }] of data) {
    disk.files.set(inode, changes.length === 0 ? flushed : cut.leaves(flushed, changes));
  }
  return new MemoryFileSystem(disk);
}
