import { basename, relative } from "node:path";

/**
 * How the user can call this program again, so that the commands they are told to run do run: by name if it is
 * installed, else by its path.
 * @param script what Node was given to run, absolute
 */
export function invocationOf(script: string, workingFolder: string): string {
  const name = basename(script);
  if (name === "sparring") return name;
  const path = relative(workingFolder, script);
  return name.endsWith(".ts") ? `npx tsx ${path}` : `node ${path}`;
}
