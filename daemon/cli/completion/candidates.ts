import type { Command } from "../command.ts";

/** What a shell has of a command line when it asks how the last word goes on. */
export interface Asked {
  /** The words after the program's name that are complete. */
  readonly words: readonly string[];
  /** The beginning of the word at the cursor, maybe empty. */
  readonly current: string;
}

/** What completes a command line; `files`: the shell offers files itself. */
export type Candidates = readonly string[] | "files";

/**
 * What can follow, from the command table.
 * @param runs ids, read when they are needed only
 */
export async function candidatesFor(
  { words, current }: Asked,
  commands: readonly Command[],
  runs: () => Promise<readonly string[]>,
): Promise<Candidates> {
  const matching = (texts: readonly string[]): string[] => texts.filter((text) => text.startsWith(current));
  const [name, ...rest] = words;
  const commandNames = [...commands.map((command) => command.name), "help"];
  if (name === undefined) return matching(current.startsWith("-") ? ["--help", "--version"] : commandNames);
  if (name === "help") return rest.length === 0 ? matching(commandNames) : [];
  const command = commands.find((each) => each.name === name);
  if (!command) return [];
  const before = command.options[rest.at(-1)?.replace(/^--/, "") ?? ""];
  if (before?.value !== undefined && rest.at(-1)!.startsWith("--")) return [];
  if (current.startsWith("-"))
    return matching([...Object.keys(command.options).map((option) => `--${option}`), "--help"]);
  const { completes } = command;
  if (completes === "files") return "files";
  if (completes === "runs") return matching([...(await runs()), "last"]);
  return matching(completes ?? []);
}
