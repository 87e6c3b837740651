import { mkdir, rm, statfs } from "node:fs/promises";
import { workerFile } from "../engine/torch/worker-folder.ts";
import { SparringError } from "../errors.ts";
import { bytes } from "../text/numbers.ts";
import { places, requirementsFile } from "./environment.ts";
import { findPython } from "./interpreters.ts";
import type { Pin } from "./pins.ts";
import { leastPip, PipOutput, pipFault, pipVersion } from "./pip.ts";
import { endOf, type Ran, runTool } from "./process.ts";

/** How set-up is cancelled, and how it tells how far it is. */
export interface Watched {
  readonly signal: AbortSignal;
  /** @param total 0 where nobody knows */
  readonly onProgress: (what: string, done: number, total: number) => void;
}

/** pip tries again by itself for minutes, and unpacking to a network disk is silent; milliseconds. */
const quietMs = 1_800_000;
/** Less room than this is surely too little, bytes: an environment with PyTorch's CPU build, the smallest, was measured at 1 GB. */
const leastRoom = 2e9;

/**
 * Makes the environment anew: what is not complete is not trusted, and pip's cache keeps what was downloaded before.
 * PyTorch comes first, in a call of its own: packages that need it would bring another build of it.
 * @throws AbortedError
 * @throws SparringError `setup/no-python`, `setup/no-venv`, `setup/venv-failed`, `setup/no-room`, `setup/no-network`,
 *   `setup/no-package`, `setup/pip-failed`
 */
export async function makeVenv(home: string, torch: Pin, watched: Watched): Promise<void> {
  const { signal, onProgress } = watched;
  onProgress("looking for Python", 0, 0);
  const python = await findPython(signal);
  const [venv, temporary] = [places.venv(home), places.temporary(home)];
  onProgress("clearing away what is there", 0, 0);
  // The stamp goes first: what is half removed must not pass for complete.
  const old = [places.stamp(home), venv, temporary, places.log(home)];
  for (const path of old) await rm(path, { recursive: true, force: true });
  await requireRoom(home);
  await mkdir(temporary);
  try {
    onProgress(`making an environment of Python ${python.version.join(".")}`, 0, 0);
    const made = await guarded(python.path, ["venv", venv], home, watched);
    if (!made.ok) throw venvFailed(python.path, made);
    const pip = await newPip(home, watched);
    await install(home, [`torch==${torch.version}`], pip, watched);
    await install(home, ["-r", requirementsFile()], pip, watched);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Options of pip that its version has. The one that Python brings may be too old to tell progress: a newer one is tried. */
async function newPip(home: string, watched: Watched): Promise<readonly string[]> {
  const raw = ["--progress-bar", "raw"];
  if (await tells(home, watched)) return raw;
  watched.onProgress("getting a newer pip", 0, 0);
  await pip(home, ["--progress-bar", "off", "--upgrade", "pip"], watched);
  // A mirror without pip is no reason to stop: what fails for good says so with PyTorch.
  return (await tells(home, watched)) ? raw : ["--progress-bar", "off"];
}

async function tells(home: string, watched: Watched): Promise<boolean> {
  const { lines } = await guarded(places.venvPython(home), ["pip", "--version"], home, watched);
  const [major, minor] = pipVersion(lines.at(-1) ?? "") ?? [0, 0];
  return major > leastPip[0] || (major === leastPip[0] && minor >= leastPip[1]);
}

async function install(
  home: string,
  what: readonly string[],
  options: readonly string[],
  watched: Watched,
): Promise<void> {
  const output = new PipOutput();
  watched.onProgress(`asking for ${what.at(-1) === requirementsFile() ? "the other packages" : what[0]}`, 0, 0);
  const ran = await pip(home, [...options, ...what], watched, (line) => {
    const step = output.read(line);
    if (step) watched.onProgress(step.what, step.done, step.total);
  });
  if (!ran.ok) throw await pipError(home, ran);
}

/** `pip install` in the environment. Only wheels: nothing that is downloaded is built or run here. */
function pip(home: string, args: readonly string[], watched: Watched, onLine?: (line: string) => void): Promise<Ran> {
  const common = ["--no-input", "--disable-pip-version-check", "--only-binary", ":all:", "--log", places.log(home)];
  return guarded(places.venvPython(home), ["pip", "install", ...common, ...args], home, watched, onLine);
}

function guarded(
  python: string,
  args: readonly string[],
  home: string,
  { signal }: Watched,
  onLine?: (line: string) => void,
): Promise<Ran> {
  // PIP_USER, or `user` in pip.conf, would install elsewhere. pip unpacks on the disk that room was looked for on.
  const env = { ...process.env, PIP_USER: "0", TMPDIR: places.temporary(home) };
  const options = { quietMs, signal, env, ...(onLine && { onLine }) };
  return runTool([python, "-I", workerFile("guarded.py"), ...args], options);
}

async function freeRoom(home: string): Promise<number> {
  const { bavail, bsize } = await statfs(places.root(home));
  return bavail * bsize;
}

async function requireRoom(home: string): Promise<void> {
  const free = await freeRoom(home);
  if (free < leastRoom) throw noRoom(home, free);
}

function noRoom(home: string, free: number): SparringError {
  return new SparringError(
    "setup/no-room",
    `${bytes(free)} are free for ${places.root(home)}: too little for PyTorch, whose CUDA build takes several GB with its download.`,
    "Free some room on that disk or set SPARRING_HOME to a larger one, then run `sparring setup torch` again.",
    { place: places.root(home) },
  );
}

function venvFailed(python: string, ran: Ran): SparringError {
  return new SparringError(
    "setup/venv-failed",
    `${python} -m venv ${endOf(ran)}.`,
    "Correct that, or name an environment with PyTorch: `sparring setup torch --python PATH`.",
    { place: python },
  );
}

/** Why pip failed, and what to do about it. */
async function pipError(home: string, ran: Ran): Promise<SparringError> {
  const { fault, last } = pipFault(ran.lines);
  const place = { place: places.log(home) };
  switch (fault) {
    case "disk-full":
      return noRoom(home, await freeRoom(home));
    case "no-network":
      return new SparringError(
        "setup/no-network",
        `pip reaches no package index: ${last}`,
        "Check the network. Behind a proxy set HTTPS_PROXY, end the daemon with `sparring serve --stop` so that it sees it, and try again; or name an environment with PyTorch: `sparring setup torch --python PATH`.",
        place,
      );
    case "no-package":
      return new SparringError(
        "setup/no-package",
        `There is no such package for this Python and platform: ${last}`,
        "Install another Python (3.10 to 3.13) and try again, or name an environment with PyTorch: `sparring setup torch --python PATH`.",
        place,
      );
    case "other":
      return new SparringError(
        "setup/pip-failed",
        `pip ${ran.how}: ${last}`,
        "Correct that and try again: what was downloaded is kept. Or install PyTorch yourself and name its environment: `sparring setup torch --python PATH`.",
        place,
      );
  }
}
