/** What pip is at. */
export interface PipStep {
  /** As a phrase, e.g. `downloading torch (MB)`. */
  readonly what: string;
  readonly done: number;
  /** 0 where nobody knows. */
  readonly total: number;
}

const megabyte = 1e6;

/** The first pip that tells how much of a file it has, with `--progress-bar raw`. */
export const leastPip = [24, 1] as const;

/** Reads pip's lines, one after the other. */
export class PipOutput {
  #file = "";

  /** @returns what a line tells of the progress, undefined for most lines */
  read(line: string): PipStep | undefined {
    const file = /^(Downloading|Using cached|Processing) (?:\S*\/)?([A-Za-z0-9._]+)-[^/\s]+\.whl(?:\s|$)/.exec(line);
    if (file) {
      this.#file = file[2]!.replaceAll("_", "-");
      return { what: `${file[1] === "Downloading" ? "downloading" : "reading"} ${this.#file}`, done: 0, total: 0 };
    }
    const progress = /^Progress (\d+) of (\d+)$/.exec(line);
    if (progress) {
      const [done, total] = [Number(progress[1]), Number(progress[2])].map((size) => Math.round(size / megabyte));
      return { what: `downloading ${this.#file} (MB)`, done: done!, total: total! };
    }
    if (line.startsWith("Installing collected packages:")) {
      const count = line.split(",").length;
      return { what: `unpacking ${count} ${count === 1 ? "package" : "packages"}`, done: 0, total: 0 };
    }
    return undefined;
  }
}

/** The version of `pip --version`'s line; undefined where it has none. */
export function pipVersion(line: string): readonly [number, number] | undefined {
  const match = /^pip (\d+)\.(\d+)/.exec(line);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** Why pip failed, for the errors that have a next step of their own. */
export type PipFault = "no-network" | "disk-full" | "no-package" | "other";

const signs: readonly (readonly [PipFault, RegExp])[] = [
  ["disk-full", /No space left on device|Disk quota exceeded/],
  [
    "no-network",
    /NewConnectionError|NameResolutionError|Failed to establish a new connection|name resolution|Network is unreachable|ProxyError|ConnectTimeout|ReadTimeout|Connection (?:refused|reset|aborted)/i,
  ],
  ["no-package", /No matching distribution found|not a supported wheel|Could not find a version/],
];

/** @param lines pip's last lines */
export function pipFault(lines: readonly string[]): { readonly fault: PipFault; readonly last: string } {
  const said = lines.filter((line) => !line.startsWith("[notice]"));
  const last = said.findLast((line) => line.startsWith("ERROR:")) ?? said.at(-1) ?? "it said nothing";
  return { fault: signs.find(([, sign]) => said.some((line) => sign.test(line)))?.[0] ?? "other", last };
}
