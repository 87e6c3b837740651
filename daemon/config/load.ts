import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type CanonicalSource, canonicalise } from "./canonical.ts";
import { type CheckedConfig, check } from "./check.ts";
import { readOverrides } from "./overrides.ts";
import { defaultName, missingFiles, resolvePaths } from "./paths.ts";
import { ConfigError } from "./problem.ts";
import type { Config } from "./schema.ts";
import type { Setting } from "./setting.ts";
import { reader, unused } from "./usage.ts";
import { readObject, readYaml } from "./yaml-source.ts";

/** A config is a page of text; anything above this is another file, given by mistake. */
export const maxConfigBytes = 64 * 1024;

function failure(code: string, message: string, next: string, place: string, cause?: unknown): ConfigError {
  return new ConfigError([{ code, message, next, place }], cause);
}

function refuseSize(bytes: number, file: string): void {
  if (bytes <= maxConfigBytes) return;
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  throw failure(
    "config/too-large",
    `the file has ${size}; a config has at most ${maxConfigBytes / 1024} KiB`,
    "Give the path of a *.sparring.yaml file.",
    file,
  );
}

/** Lays one source over another: a key that both set has the value of `over`. */
function overlay(under: CanonicalSource, over: CanonicalSource): CanonicalSource {
  const overridden = new Set(over.settings.map(({ path }) => path));
  return {
    settings: [...under.settings.filter(({ path }) => !overridden.has(path)), ...over.settings],
    problems: [...under.problems, ...over.problems],
    blamed: [...under.blamed, ...over.blamed],
  };
}

/** Paths on the command line are relative to the working folder, as everywhere in a shell. */
function readCommandLine(overrides: readonly string[], folder: string): CanonicalSource {
  const source = canonicalise(readOverrides(overrides));
  return { ...source, settings: resolvePaths(source.settings, folder) };
}

/**
 * Reads the text of a config file and checks all of it.
 * @param options.file      names the file in messages, and is the base of relative paths in it
 * @param options.overrides `key=value`, which win over the text
 * @param options.folder    base of relative paths in them; the working folder, if left out
 * @throws ConfigError with every problem there is
 */
export function parseConfig(
  text: string,
  options: { file: string; overrides?: readonly string[]; folder?: string },
): CheckedConfig {
  const { file, overrides = [], folder = process.cwd() } = options;
  refuseSize(Buffer.byteLength(text), file);
  const written = canonicalise(readYaml(text, file));
  const located = { ...written, settings: resolvePaths(written.settings, dirname(file)) };
  const source = overlay(located, readCommandLine(overrides, folder));
  const problems = [...source.problems, ...missingFiles(source.settings)];
  return check({ ...source, problems }, file, defaultName(file));
}

/**
 * Loads a config file.
 * @throws ConfigError if the file can't be read, or with every problem there is in it
 */
export async function loadConfig(file: string, overrides: readonly string[]): Promise<CheckedConfig> {
  let bytes: Buffer;
  try {
    const info = await stat(file);
    if (!info.isFile()) {
      const what = info.isDirectory() ? "a folder" : "no regular file";
      throw failure("config/unreadable", `this is ${what}`, "Give the path of a *.sparring.yaml file.", file);
    }
    refuseSize(info.size, file);
    bytes = await readFile(file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw code === "ENOENT" || code === "ENOTDIR"
      ? failure("config/not-found", "there is no such file", "Check the path.", file, error)
      : failure("config/unreadable", `the file can't be read (${code})`, "Check its permissions.", file, error);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw failure("config/encoding", "the file is not UTF-8 text", "Save it as UTF-8.", file, error);
  }
  return parseConfig(text, { file, overrides });
}

/**
 * Checks a config that is already an object, as stored in run.json.
 * @throws ConfigError, without places
 */
export function resolveConfig(stored: unknown): Config {
  const source = canonicalise(readObject(stored));
  return check(withoutUnused(source, source.settings), undefined, "run").config;
}

/**
 * Changes settings of a complete config, as a fork does. What the change makes meaningless (the Challenger's settings,
 * when `algorithm.name` becomes grpo) falls back to its default; setting something meaningless is an error, as in a file.
 * @param folder base of relative paths: where the command line was written
 * @throws ConfigError with the place "command line"
 */
export function applyOverrides(
  config: Config,
  overrides: readonly string[],
  folder: string = process.cwd(),
): CheckedConfig {
  const inherited = canonicalise(readObject(config));
  const merged = overlay(inherited, readCommandLine(overrides, folder));
  return check(withoutUnused(merged, inherited.settings), undefined, config.name);
}

/** Leaves out those of `inherited` that the algorithm does not use: a complete config names them, but nobody chose them. */
function withoutUnused(source: CanonicalSource, inherited: readonly Setting[]): CanonicalSource {
  const read = reader(source.settings);
  const settings = source.settings.filter((setting) => !inherited.includes(setting) || !unused(setting.path, read));
  return { ...source, settings };
}
