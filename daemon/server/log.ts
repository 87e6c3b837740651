import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type LogLevel, logLine } from "../store/log-line.ts";

/** Notes a line. Never throws: a full disk loses lines of a log, and no run. */
export type Log = (level: LogLevel, message: string) => void;

/** The file is rotated, once, when it is longer than this, bytes. */
const rotateAtBytes = 5 * 1024 * 1024;

/** The log of a background daemon; what the process itself prints in its last moments goes there too. */
export function logFile(home: string): string {
  return join(home, "daemon", "log.txt");
}

/**
 * Notes lines in the log file of a home; with its predecessor it takes 10 MB at most. Lines are few and are written at once,
 * so that the last one before a crash is there.
 */
export function fileLog(home: string, rotateAt = rotateAtBytes): Log {
  const file = logFile(home);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return (level, message) => {
    if (level === "debug") return;
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > rotateAt) {
        renameSync(file, join(dirname(file), "log.1.txt"));
      }
      appendFileSync(file, `${logLine(new Date(), level, message)}\n`, { mode: 0o600 });
    } catch {
      // The disk is full, or the home was deleted: there is nowhere left to say so.
    }
  };
}

/** Notes lines on a terminal or another stream. */
export function streamLog(stream: { write(text: string): unknown }): Log {
  return (level, message) => {
    if (level !== "debug") stream.write(`${logLine(new Date(), level, message)}\n`);
  };
}
