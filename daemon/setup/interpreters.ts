import { z } from "zod";
import { SparringError } from "../errors.ts";
import { endOf, runTool } from "./process.ts";

/** A Python interpreter that answered. */
export interface Interpreter {
  /** As it calls itself: an absolute path. */
  readonly path: string;
  /** Major, minor, micro. */
  readonly version: readonly [number, number, number];
  /** Whether it can make environments: Debian ships that apart. */
  readonly makesEnvironments: boolean;
}

/** The oldest Python that PyTorch of requirements.txt and the worker run on. */
export const leastPython = [3, 10] as const;

/** What is looked for on PATH, best first: newer ones than these may have no packages yet, and are the last resort. */
const names = ["python3.13", "python3.12", "python3.11", "python3.10", "python3", "python"] as const;

/** A link to nowhere on a network disk may take its time. */
const quietMs = 30_000;

/** Runs on any Python, so that an old one says which it is. */
const question = `
import json, sys
try:
    import ensurepip, venv
    makes = True
except ImportError:
    makes = False
print(json.dumps({"path": sys.executable, "version": list(sys.version_info[:3]), "makesEnvironments": makes}))
`;

const answer = z.object({
  path: z.string().min(1).max(4096),
  version: z.tuple([z.number(), z.number(), z.number()]),
  makesEnvironments: z.boolean(),
});

/** Asks an interpreter who it is. @returns it, or why it does not answer, as a phrase after its name */
export async function askInterpreter(program: string, signal?: AbortSignal): Promise<Interpreter | string> {
  const ran = await runTool([program, "-I", "-c", question], { quietMs, ...(signal && { signal }) });
  if (!ran.ok) return endOf(ran);
  try {
    return answer.parse(JSON.parse(ran.out));
  } catch {
    return "is no Python: it does not answer as one";
  }
}

export function isTooOld({ version: [major, minor] }: Pick<Interpreter, "version">): boolean {
  return major < leastPython[0] || (major === leastPython[0] && minor < leastPython[1]);
}

/**
 * The Python on PATH to make an environment with.
 * @throws SparringError `setup/no-python`, `setup/no-venv`
 */
export async function findPython(signal?: AbortSignal): Promise<Interpreter> {
  const unfit: Interpreter[] = [];
  for (const name of names) {
    const found = await askInterpreter(name, signal);
    if (typeof found === "string") continue;
    if (!isTooOld(found) && found.makesEnvironments) return found;
    unfit.push(found);
  }
  const lacking = unfit.find((each) => !isTooOld(each));
  throw lacking ? noVenv(lacking) : noPython(unfit);
}

function noVenv({ path, version: [major, minor] }: Interpreter): SparringError {
  return new SparringError(
    "setup/no-venv",
    `Python ${major}.${minor} (${path}) can't make environments: its module venv or ensurepip is missing.`,
    `Install it (Debian, Ubuntu: \`sudo apt install python${major}.${minor}-venv\`), then run \`sparring setup torch\` again.`,
    { place: path },
  );
}

function noPython(tooOld: readonly Interpreter[]): SparringError {
  const least = leastPython.join(".");
  const found = tooOld.map(({ path, version }) => `${version.join(".")} at ${path}`);
  const seen = found.length === 0 ? "" : ` Too old: ${[...new Set(found)].join(", ")}.`;
  return new SparringError(
    "setup/no-python",
    `There is no Python ${least} or later on the daemon's PATH.${seen}`,
    `Install one (Debian, Ubuntu: \`sudo apt install python3 python3-venv\`), end the daemon with \`sparring serve --stop\` so that it sees the new PATH, and try again; or name an environment with PyTorch: \`sparring setup torch --python PATH\`.`,
  );
}
