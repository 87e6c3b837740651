import { readFile } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { isAbsolute } from "node:path";
import { SparringError } from "../errors.ts";
import type { ResultOf, ValidParamsOf } from "../protocol.ts";
import { withClearErrors } from "../store/file-errors.ts";
import { nodeFileSystem } from "../store/fs.ts";
import { acquireLock, type LockHolder } from "../store/lock.ts";
import { systemProcesses } from "../store/processes.ts";
import { ensureFolders } from "../store/tree.ts";
import {
  forgetNamedPython,
  namedPython,
  namePython,
  places,
  requirementsFile,
  torchPython,
  venvState,
  writeStamp,
} from "./environment.ts";
import { type Finding, good, problem } from "./finding.ts";
import { gpuFindings, type Hardware } from "./gpu.ts";
import { askInterpreter, isTooOld, leastPython } from "./interpreters.ts";
import { makeVenv, type Watched } from "./make-venv.ts";
import { askDriver } from "./nvidia.ts";
import { packageFindings } from "./packages.ts";
import { pinsOf } from "./pins.ts";
import { type Facts, probe } from "./probe.ts";

type Result = ResultOf<"sparring/engine/setup">;

/**
 * Makes the torch engine usable, and says what it found.
 *
 * With `python`, that environment is looked at and, if it will do, used by runs from now on; nothing is ever installed into it.
 * Without, the environment below SPARRING_HOME is made unless it is there, and used from now on. `install: false` only looks:
 * at `python`, else at what runs use now.
 * @throws AbortedError
 * @throws SparringError `setup/under-way`, `setup/bad-python` (no absolute path), those of `makeVenv`, `torchPython`'s of bad files
 */
export async function setUp(
  home: string,
  { python, install }: Pick<ValidParamsOf<"sparring/engine/setup">, "python" | "install">,
  watched: Watched,
): Promise<Result> {
  if (python !== undefined && !isAbsolute(python)) throw notAbsolute(python);
  if (!install) return look(home, python, watched);
  const release = await lock(home);
  try {
    return await (python === undefined ? useVenv(home, watched) : useNamed(home, python, watched));
  } finally {
    await release();
  }
}

/** What the doctor tells of the torch engine: undefined where nobody has set it up, or tried to. */
export async function lookAtTorch(home: string): Promise<Finding[] | undefined> {
  if ((await namedPython(home)) === undefined && (await venvState(home)) === "missing") return undefined;
  const unwatched = { signal: new AbortController().signal, onProgress: () => {} };
  return (await look(home, undefined, unwatched)).findings;
}

/** Looks, and changes nothing. */
async function look(home: string, named: string | undefined, watched: Watched): Promise<Result> {
  const current = await torchPython(home).catch((error: unknown) => {
    if (error instanceof SparringError) return error;
    throw error;
  });
  const python = named ?? current;
  const hardware = await hardwareOf(watched);
  if (typeof python !== "string") {
    const findings = [problem("Python", python.message, python.next), ...gpuFindings(nothing, hardware, "")];
    return { ready: false, python: null, findings };
  }
  const { findings, isUsable } = await inspect(python, hardware, watched);
  return { ready: isUsable, python: typeof current === "string" ? current : null, findings };
}

async function useNamed(home: string, python: string, watched: Watched): Promise<Result> {
  const { findings, isUsable } = await inspect(python, await hardwareOf(watched), watched);
  if (isUsable) {
    await namePython(home, python);
    return { ready: true, python, findings };
  }
  return { ready: false, python: await torchPython(home).catch(() => null), findings };
}

async function useVenv(home: string, watched: Watched): Promise<Result> {
  const python = places.venvPython(home);
  const hardware = await hardwareOf(watched);
  if ((await venvState(home)) === "complete") {
    const { findings, isUsable } = await inspect(python, hardware, watched);
    if (isUsable) {
      await forgetNamedPython(home);
      return { ready: true, python, findings };
    }
  }
  const [torch] = pinsOf(await readFile(requirementsFile(), "utf8"), leastPython);
  await makeVenv(home, torch!, watched);
  const { findings, isUsable } = await inspect(python, hardware, watched);
  if (isUsable) {
    await writeStamp(home);
    await forgetNamedPython(home);
  }
  return { ready: isUsable, python: isUsable ? python : null, findings };
}

interface Inspected {
  readonly findings: Finding[];
  /** Whether runs can use it. A GPU that it can't use is a problem, too, but runs have the CPU. */
  readonly isUsable: boolean;
}

/** Looks at an environment. */
async function inspect(python: string, hardware: Hardware, { signal, onProgress }: Watched): Promise<Inspected> {
  const unusable = (text: string, next: string): Inspected => {
    const findings = [problem("Python", text, next), ...gpuFindings(nothing, hardware, python)];
    return { findings, isUsable: false };
  };
  onProgress("asking Python for its version", 0, 0);
  const interpreter = await askInterpreter(python, signal);
  if (typeof interpreter === "string")
    return unusable(
      `${python} ${interpreter}.`,
      "Check the path: it is that of the interpreter, as ENV/bin/python. Or run `sparring setup torch` to have an environment made.",
    );
  const version = interpreter.version.join(".");
  if (isTooOld(interpreter)) {
    return unusable(
      `${python} is Python ${version}; ${leastPython.join(".")} is the least.`,
      "Name a newer one, or run `sparring setup torch` to have an environment made.",
    );
  }
  const [major, minor] = interpreter.version;
  const pins = pinsOf(await readFile(requirementsFile(), "utf8"), [major, minor]);
  onProgress("asking PyTorch for the GPU", 0, 0);
  const facts = await probe(
    python,
    pins.map(({ name }) => name),
    signal,
  );
  if (typeof facts === "string")
    return unusable(`${python} ${facts}.`, "Run `sparring setup torch` to have an environment made.");
  const packages = packageFindings(facts, pins, python);
  const findings = [
    good("Python", `Version ${version}, ${python}.`),
    ...packages,
    ...gpuFindings(facts, hardware, python),
  ];
  return { findings, isUsable: packages.every(({ state }) => state !== "problem") };
}

/** What is known of an environment that is not there. */
const nothing: Facts = { python: "", torch: null, torchError: null, packages: {}, gpu: null };

async function hardwareOf({ signal, onProgress }: Watched): Promise<Hardware> {
  onProgress("asking for the driver", 0, 0);
  return { driver: await askDriver(signal), memory: { free: freemem(), total: totalmem() } };
}

/** One set-up of a home at a time. */
async function lock(home: string): Promise<() => Promise<void>> {
  const fs = withClearErrors(nodeFileSystem);
  await ensureFolders(fs, places.root(home), 0o700);
  return acquireLock(fs, places.root(home), "setup", systemProcesses, underWay);
}

function underWay({ owner, path, state }: LockHolder): SparringError {
  const where = state === "elsewhere" ? ` on the machine "${owner.host}"` : "";
  return new SparringError(
    "setup/under-way",
    `The torch engine is being set up already, by process ${owner.pid}${where}.`,
    "Wait until it has ended, then run `sparring setup torch` again: what it installed is found.",
    { place: path },
  );
}

function notAbsolute(python: string): SparringError {
  return new SparringError(
    "setup/bad-python",
    `${python} is no absolute path, and the daemon works in another folder.`,
    "Give the whole path of the interpreter.",
    { place: python },
  );
}
