/** A package of requirements.txt with the version that is tested. */
export interface Pin {
  readonly name: string;
  readonly version: string;
}

/**
 * The pins of a requirements file that hold for a Python. It reads what our file uses of pip's format: `name==version`, and
 * behind a `;` a condition on python_version.
 * @param python major and minor
 */
export function pinsOf(requirements: string, python: readonly [number, number]): Pin[] {
  return requirements.split("\n").flatMap((line) => {
    const match = /^([\w-]+)==([\w.]+)(?:; python_version (<|>=) "3\.(\d+)")?$/.exec(line.trim());
    if (!match) return [];
    const [, name, version, relation, minor] = match;
    const isNewer = python[1] >= Number(minor);
    return relation !== undefined && isNewer !== (relation === ">=") ? [] : [{ name: name!, version: version! }];
  });
}

/** Whether an installed version is the pinned one; the build behind a `+`, as in `2.13.0+cpu`, does not count. */
export function isPinned({ version }: Pin, installed: string): boolean {
  return installed.split("+")[0] === version;
}
