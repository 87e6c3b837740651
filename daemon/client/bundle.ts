import { randomBytes } from "node:crypto";
import { cp, link, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, orIfMissing } from "../store/file-errors.ts";
import { findDiscovery } from "../wire/discovery.ts";
import { bundledProgram, type Program, programFiles } from "../wire/program.ts";

/**
 * The copy of the program that a daemon runs from, below SPARRING_HOME/daemon: an update of the extension deletes the files that
 * it was installed with, and a daemon that trains goes on for days.
 */

/** What the daemon needs beside its bundle: the torch engine's worker, the built-in models and the example. */
const copied = [
  "package.json",
  ...programFiles,
  "dist/torch-worker",
  "examples/addition.sparring.yaml",
  "daemon/models/nano",
  "daemon/models/nano-reward/weights",
];

/** The runtime for this platform, as build.mjs puts it beside the bundle. Large, so it is shared and not copied. */
const runtime = "dist/node_modules";

/** A copy that was not finished within this time was abandoned, milliseconds. */
const abandonedMs = 60 * 60_000;

/**
 * Copies a bundled program into a home, unless it is there; removes older copies that no daemon runs from.
 * @returns the copy
 */
export async function installProgram(home: string, program: Program, version: string): Promise<Program> {
  const name = `${version}-${program.build}`;
  const root = join(home, "daemon", name);
  const build = await buildOf(root);
  // Only a damaged copy is removed: where there was none, another client may just have made it.
  if (build !== undefined && build !== program.build) await rm(root, { recursive: true, force: true });
  if (build !== program.build) await copyProgram(program.root, root);
  await removeOthers(home, name);
  return { root, build: program.build };
}

/** The build of a copy; undefined where there is none. */
async function buildOf(root: string): Promise<string | undefined> {
  if ((await orIfMissing(stat(root), undefined)) === undefined) return undefined;
  const program = await orIfMissing((async () => bundledProgram(root))(), undefined);
  return program?.build ?? "damaged";
}

async function copyProgram(from: string, to: string): Promise<void> {
  const temporary = `${to}.${randomBytes(4).toString("hex")}.tmp`;
  for (const path of copied) {
    await mkdir(dirname(join(temporary, path)), { recursive: true, mode: 0o700 });
    await cp(join(from, path), join(temporary, path), { recursive: true });
  }
  await linkFiles(join(from, runtime), join(temporary, runtime));
  try {
    await rename(temporary, to);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const code = errorCode(error);
    // Another client was faster.
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

/** Links all files below a folder into another one; copies them where the disk is another one or has no links. */
async function linkFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      await linkFiles(source, target);
      continue;
    }
    try {
      await link(source, target);
    } catch {
      await cp(source, target);
    }
  }
}

async function removeOthers(home: string, name: string): Promise<void> {
  const running = await findDiscovery(home);
  const used = "daemon" in running ? `${running.daemon.version}-${running.daemon.build}` : undefined;
  const folder = join(home, "daemon");
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === name || entry.name === used) continue;
    const path = join(folder, entry.name);
    if (entry.name.endsWith(".tmp") && !(await isAbandoned(path))) continue;
    await rm(path, { recursive: true, force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const facts = await orIfMissing(stat(path), undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > abandonedMs;
}
