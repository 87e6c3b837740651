import { stat, statfs } from "node:fs/promises";
import { bytes } from "../../text/numbers.ts";
import type { Cli } from "../cli.ts";
import { tilde } from "../watch/header.ts";
import { isLive } from "../watch/watcher.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

const leastNode = [20, 12] as const;

/** The Node that runs this program. @param version as `process.versions.node` has it */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNewEnough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  if (isNewEnough) return ok("Node", `Version ${version}.`);
  return problem("Node", `Version ${version} is too old.`, `Install Node ${leastNode.join(".")} or later.`);
}

/** The home: a folder that only its owner can read. */
export async function checkHome({ home }: Cli): Promise<Finding> {
  const shown = tilde(home);
  const info = await stat(home).catch((error: NodeJS.ErrnoException) => error);
  if (info instanceof Error) {
    if (info.code === "ENOENT") return ok("Home", `${shown} does not exist yet; the first run makes it.`);
    return problem("Home", `${shown} can't be read (${info.code}).`, "Correct SPARRING_HOME or the permissions.");
  }
  if (!info.isDirectory()) return problem("Home", `${shown} is a file.`, "Set SPARRING_HOME to a folder.");
  const isOpen = process.platform !== "win32" && (info.mode & 0o077) !== 0;
  if (isOpen) {
    return warning("Home", `Others on this machine can look into ${shown}.`, `Run \`chmod 700 ${shown}\`.`);
  }
  return ok("Home", `${shown}, private.`);
}

/** A run of nano takes some 20 MB; one with a larger model some hundred times that. */
const tight = 5e9;
const full = 200e6;

/** The room on the disk of the home, or of the folder that it will be made in. */
export async function checkDisk({ home }: Cli): Promise<Finding> {
  const there = await statfs(home).catch(() => statfs("."));
  const free = there.bavail * there.bsize;
  const found = `${bytes(free)} free.`;
  const next = "Delete runs that you no longer need, or set SPARRING_HOME to a larger disk.";
  if (free < full) return problem("Disk", found, next);
  return free < tight ? warning("Disk", found, next) : ok("Disk", found);
}

/** What the terminal can show. */
export function checkTerminal({ stdout, env }: Cli): Finding {
  const { columns, isTTY } = stdout;
  if (!isTTY) return ok("Terminal", "Output goes to a file or a pipe: plain lines.");
  if (!isLive(stdout, env)) {
    const why = env.CI ? "CI" : env.NO_COLOR ? "NO_COLOR" : "TERM=dumb";
    return ok("Terminal", `Plain lines, because ${why} is set.`);
  }
  const isUtf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
  if (!isUtf8) return warning("Terminal", "Its locale is not UTF-8: bars may look broken.", "Set LANG=C.UTF-8.");
  if ((columns ?? 80) < 60) {
    return warning("Terminal", `${columns} columns: tables leave columns out.`, "Make it 80 columns wide.");
  }
  return ok("Terminal", `${columns} columns, with colours and a live display.`);
}
