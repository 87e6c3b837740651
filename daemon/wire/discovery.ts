import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SparringError } from "../errors.ts";
import { errorCode, fileError } from "../store/file-errors.ts";
import { nodeFileSystem } from "../store/fs.ts";
import { type Processes, systemProcesses } from "../store/processes.ts";
import { replaceFile } from "../store/tree.ts";

/**
 * SPARRING_HOME/daemon.json: where the daemon listens, and the token that opens it. Whoever can read this file can do what
 * the user can do with Sparring, so it is the user's alone.
 */

const discoverySchema = z.object({
  port: z.number().int().min(1).max(65535),
  token: z.string().min(32).max(200),
  pid: z.number().int().positive(),
  startTime: z.string(),
  bootId: z.string(),
  host: z.string(),
  version: z.string(),
  build: z.string(),
  startedAt: z.string(),
});
export type Discovery = z.infer<typeof discoverySchema>;

/** What the file says. `stale`: its process is gone, or is no longer the one that wrote it; also where it can't be read. */
export type Found =
  | { readonly state: "none" | "stale" }
  | { readonly state: "running"; readonly daemon: Discovery }
  | { readonly state: "elsewhere"; readonly daemon: Discovery };

/** The discovery file of a home. */
export function discoveryFile(home: string): string {
  return join(home, "daemon.json");
}

/** Writes the file, for its owner's eyes only, whole or not at all. Call it once the daemon listens. */
export async function writeDiscovery(home: string, discovery: Discovery): Promise<void> {
  const data = Buffer.from(`${JSON.stringify(discovery, undefined, 2)}\n`);
  await replaceFile(nodeFileSystem, discoveryFile(home), data, 0o600);
}

/** Removes the file if it is still this daemon's. */
export async function removeDiscovery(home: string, { token }: Discovery): Promise<void> {
  if ((await parsed(home))?.token === token) await rm(discoveryFile(home), { force: true });
}

/** Whether the file is there and names this daemon. */
export async function isAnnounced(home: string, { token }: Discovery): Promise<boolean> {
  return (await parsed(home))?.token === token;
}

/**
 * Finds the daemon of a home.
 * @throws SparringError `wire/discovery-not-private` where others may read or write the file, or it is another user's;
 *   `store/not-a-folder`, `store/not-readable`
 */
export async function findDiscovery(home: string, processes: Processes = systemProcesses): Promise<Found> {
  const file = discoveryFile(home);
  const facts = await stat(file).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileError(error, file, "read");
  });
  if (!facts) return { state: "none" };
  requirePrivate(file, facts);
  const daemon = await parsed(home);
  if (!daemon) return { state: "stale" };
  const state = processes.state(daemon);
  return state === "gone" ? { state: "stale" } : { state, daemon };
}

async function parsed(home: string): Promise<Discovery | undefined> {
  try {
    return discoverySchema.parse(JSON.parse(await readFile(discoveryFile(home), "utf8")));
  } catch (error) {
    const isMissing = errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR";
    if (isMissing || error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

function requirePrivate(file: string, { mode, uid }: { readonly mode: number; readonly uid: number }): void {
  // Windows has no such bits; a home there is private by its place in the user's profile.
  if (process.getuid === undefined) return;
  const isOurs = uid === process.getuid();
  if (isOurs && (mode & 0o077) === 0) return;
  throw new SparringError(
    "wire/discovery-not-private",
    isOurs
      ? `Others may read or change ${file}, which holds the key to the daemon.`
      : `${file} belongs to another user (uid ${uid}), so the daemon it names may not be yours.`,
    isOurs
      ? `Run \`chmod 600 ${file}\`, then \`sparring serve --stop\`: the next daemon has a new key.`
      : "Set SPARRING_HOME to a folder of your own.",
    { place: file },
  );
}
