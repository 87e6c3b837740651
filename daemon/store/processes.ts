import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "./file-errors.ts";

/** Names one process for ever: pids are used again, machines start again, and homes are shared between machines. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks from the machine's start to the process's; empty where the system does not tell. */
  readonly startTime: string;
  /** A number drawn at each start of the machine; empty where the system does not tell. */
  readonly bootId: string;
  readonly host: string;
}

/** What the store asks about processes; replaced in tests. */
export interface Processes {
  self(): ProcessIdentity;
  /** `elsewhere`: it is a process of another machine, which can't be asked. */
  state(process: ProcessIdentity): "running" | "gone" | "elsewhere";
}

/**
 * The processes of this machine, from Linux's /proc. Other systems tell neither start time nor boot id here, so that there
 * a pid that is in use again counts as running.
 */
export const systemProcesses: Processes = {
  self: () => ({ pid: process.pid, startTime: startTime(process.pid) ?? "", bootId: bootId(), host: hostname() }),
  state(identity) {
    if (identity.host !== hostname()) return "elsewhere";
    if (identity.bootId !== bootId()) return "gone";
    return startTime(identity.pid) === identity.startTime ? "running" : "gone";
  },
};

function bootId(): string {
  if (process.platform !== "linux") return "";
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** Start time of a process, undefined where there is none with that pid. */
function startTime(pid: number): string | undefined {
  if (process.platform !== "linux") return exists(pid) ? "" : undefined;
  const fields = procStat(pid);
  // Killed, but not yet collected by its parent: it will write nothing more.
  return fields === undefined || fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}

/** Whether a process of this machine runs; one that was killed and is not yet collected by its parent does not. */
export function isRunning(pid: number): boolean {
  return startTime(pid) !== undefined;
}

/** CPU seconds that a process has used so far, from Linux's /proc; undefined elsewhere, or where it is gone. */
export function cpuSeconds(pid: number): number | undefined {
  const fields = procStat(pid);
  // User and system time, in ticks of 10 ms.
  return fields && (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The fields of /proc/<pid>/stat from the third on; the second is the program's name, and may hold spaces and parentheses. */
function procStat(pid: number): string[] | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}
