import { constants } from "node:fs";
import { access, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { workerFile } from "../engine/torch/worker-folder.ts";
import { SparringError } from "../errors.ts";
import { orIfMissing, withClearErrors } from "../store/file-errors.ts";
import { nodeFileSystem } from "../store/fs.ts";
import { type FileKind, parseJsonFile, toJsonFile } from "../store/json-file.ts";
import { replaceFile } from "../store/tree.ts";

const fs = withClearErrors(nodeFileSystem);

/** Where set-up keeps what it makes, below SPARRING_HOME. */
export const places = {
  /** Everything of the torch engine's set-up. */
  root: (home: string) => join(home, "torch"),
  /** The Python environment that Sparring makes. */
  venv: (home: string) => join(home, "torch", "venv"),
  /** Its interpreter. */
  venvPython: (home: string) =>
    join(home, "torch", "venv", ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"])),
  /** Written last into that environment: it is complete. */
  stamp: (home: string) => join(home, "torch", "venv", "sparring.json"),
  /** The environment of their own that a person named. */
  named: (home: string) => join(home, "torch", "environment.json"),
  /** What pip said. */
  log: (home: string) => join(home, "torch", "pip.log"),
  /** Where pip unpacks: on the same disk as the environment, and cleared by the next set-up after a crash. */
  temporary: (home: string) => join(home, "torch", "tmp"),
} as const;

const again = "Run `sparring setup torch` (in the editor: “Sparring: Set Up the Torch Engine…”).";

const namedKind = kindOf(
  z.strictObject({ format: z.literal(1), python: z.string() }),
  "the record of a Python environment",
);
const stampKind = kindOf(
  z.strictObject({ format: z.literal(1), requirements: z.string() }),
  "the stamp of a complete environment",
);

function kindOf<T>(schema: z.ZodType<T>, what: string): FileKind<T> {
  return { schema, format: 1, what, code: "setup/corrupt-record", next: `Delete the file. ${again}` };
}

/**
 * The Python interpreter that runs of the torch engine use: the one that a person named with `sparring setup torch --python`,
 * else that of the environment which `sparring setup torch` made. Its packages are not looked at, which takes seconds; set-up did.
 * @throws SparringError `engine/not-set-up` where there is none, where its installation was cut off or was of other
 *   requirements, or where the interpreter has gone; `setup/corrupt-record`, `store/newer-format`, `store/not-readable`
 */
export async function torchPython(home: string): Promise<string> {
  const named = await namedPython(home);
  if (named !== undefined) {
    if (await isExecutable(named)) return named;
    throw notSetUp(`The Python that was named for the torch engine has gone: ${named}.`);
  }
  const state = await venvState(home);
  if (state === "complete") return places.venvPython(home);
  throw notSetUp(notReady[state]);
}

/**
 * How far the environment that Sparring makes is. `outdated`: complete, but of the requirements of another Sparring. `broken`: its
 * interpreter can't be run, as after the upgrade of the system's Python that it links to.
 */
export type VenvState = "missing" | "broken" | "incomplete" | "outdated" | "complete";

const notReady: Readonly<Record<Exclude<VenvState, "complete">, string>> = {
  missing: "The torch engine is not set up: it needs a Python environment with PyTorch.",
  broken: "The Python of the torch engine's environment has gone, as after an upgrade of the system.",
  incomplete: "The torch engine's set-up was cut off before its end.",
  outdated: "The torch engine's environment was made for another version of Sparring, which required other packages.",
};

/** @throws SparringError `setup/corrupt-record`, `store/newer-format`, `store/not-readable` */
export async function venvState(home: string): Promise<VenvState> {
  if ((await orIfMissing(fs.list(places.venv(home)), undefined)) === undefined) return "missing";
  if (!(await isExecutable(places.venvPython(home)))) return "broken";
  const file = places.stamp(home);
  const bytes = await orIfMissing(fs.read(file), undefined);
  if (!bytes) return "incomplete";
  return parseJsonFile(bytes, file, stampKind).requirements === (await requirements()) ? "complete" : "outdated";
}

/** Says that the environment is complete, durably. */
export async function writeStamp(home: string): Promise<void> {
  await replaceFile(fs, places.stamp(home), toJsonFile({ format: 1, requirements: await requirements() }));
}

/** The interpreter that a person named, undefined where none is. @throws SparringError as `venvState` */
export async function namedPython(home: string): Promise<string | undefined> {
  const file = places.named(home);
  const bytes = await orIfMissing(fs.read(file), undefined);
  return bytes && parseJsonFile(bytes, file, namedKind).python;
}

/** Has runs use this interpreter from now on, durably. */
export async function namePython(home: string, python: string): Promise<void> {
  await mkdir(dirname(places.named(home)), { recursive: true });
  await replaceFile(fs, places.named(home), toJsonFile({ format: 1, python }));
}

/** Has runs use the environment that Sparring makes. */
export async function forgetNamedPython(home: string): Promise<void> {
  await orIfMissing(fs.removeFile(places.named(home)), undefined);
}

/** What the worker requires, as pip reads it. */
export const requirementsFile = (): string => workerFile("requirements.txt");

/** Its lines that pip reads: a comment that changes makes no environment outdated. */
async function requirements(): Promise<string> {
  const lines = (await readFile(requirementsFile(), "utf8")).split("\n");
  return lines.filter((line) => line.trim() !== "" && !line.startsWith("#")).join("\n");
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function notSetUp(sentence: string): SparringError {
  return new SparringError("engine/not-set-up", sentence, again);
}
