import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUp } from "../../../daemon/setup/setup.ts";

/** What an environment with the pinned packages tells, on a machine without a GPU. */
export const goodFacts = {
  python: "3.12.4",
  torch: { version: "2.13.0+cpu", cuda: null } as { version: string; cuda: string | null } | null,
  torchError: null as string | null,
  packages: { numpy: "2.4.6", safetensors: "0.8.0" } as Record<string, string | null>,
  gpu: { devices: [] as object[], error: null as string | null },
};

/** Each thing that set-up asks of a Python, as lines of sh; `$0` is the interpreter. */
const pythonDoes = {
  question: answer([3, 12, 4], true),
  venv: 'mkdir -p "$4/bin"; cp "$0" "$4/bin/python"',
  "pip-version": 'echo "pip 24.2 from /somewhere (python 3.12)"',
  pip: "",
  torch: 'echo "Downloading torch-2.13.0-cp312-none-any.whl (2.0 MB)"; echo "Progress 1000000 of 2000000"',
  others: 'echo "Installing collected packages: numpy, safetensors"',
  probe: `cat <<'END'\n${JSON.stringify(goodFacts)}\nEND`,
};
export type Asked = keyof typeof pythonDoes;

/** What an interpreter answers when it is asked who it is. */
export function answer(version: readonly number[], makesEnvironments: boolean): string {
  return `printf '{"path":"%s","version":${JSON.stringify(version)},"makesEnvironments":${makesEnvironments}}' "$0"`;
}

/** A machine of its own: a home, and a PATH on which there is nothing but what a test puts there. */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "sparring-setup-"));
  readonly home = join(this.folder, "home");
  readonly bin = join(this.folder, "bin");
  readonly #path = process.env.PATH;

  constructor() {
    mkdirSync(this.home, { mode: 0o700 });
    mkdirSync(this.bin);
    process.env.PATH = this.bin;
  }

  /** Puts a program there. */
  program(name: string, lines: string): string {
    const file = join(this.bin, name);
    writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${lines}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** Puts a Python there. What it does can be changed afterwards, for the environments made with it, too. */
  python(name = "python3.12", does: Partial<Record<Asked, string>> = {}): string {
    const scripts = join(this.folder, `does-${name}`);
    mkdirSync(scripts, { recursive: true });
    for (const [asked, lines] of Object.entries({ ...pythonDoes, ...does })) {
      writeFileSync(join(scripts, asked), lines);
    }
    return this.program(
      name,
      `case "$*" in
        *ensurepip*) asked=question ;;
        *probe.py*) asked=probe ;;
        *"guarded.py venv "*) asked=venv ;;
        *"guarded.py pip --version") asked=pip-version ;;
        *"guarded.py pip install "*" pip") asked=pip ;;
        *"guarded.py pip install "*" torch==2.13.0") asked=torch ;;
        *"guarded.py pip install "*" -r "*) asked=others ;;
      esac
      if [ $asked = question ]; then echo "$asked $0"; else echo "$asked $0 $*"; fi >> ${this.folder}/calls
      . ${scripts}/$asked`,
    );
  }

  /** What the Pythons were asked since the last time, in order. */
  asked(): string[] {
    const file = join(this.folder, "calls");
    if (!existsSync(file)) return [];
    const calls = readFileSync(file, "utf8").trim().split("\n");
    rmSync(file);
    return calls;
  }

  async setUp(
    { python, install = true }: { python?: string; install?: boolean } = {},
    signal: AbortSignal = new AbortController().signal,
    onProgress: (what: string, done: number, total: number) => void = () => {},
  ): ReturnType<typeof setUp> {
    return setUp(this.home, { ...(python !== undefined && { python }), install }, { signal, onProgress });
  }

  remove(): void {
    process.env.PATH = this.#path;
    rmSync(this.folder, { recursive: true });
  }
}

/** The lines with which a Python tells facts of its own. */
export function tells(facts: Partial<typeof goodFacts>): string {
  return `cat <<'END'\n${JSON.stringify({ ...goodFacts, ...facts })}\nEND`;
}
