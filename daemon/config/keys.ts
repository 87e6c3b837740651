import { closest, distance } from "fastest-levenshtein";
import { aliases } from "./aliases.ts";
import { canonicalSchema, type JsonSchema } from "./json-schema.ts";

function walk(schema: JsonSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, child]) => {
    const childPath = path === "" ? key : `${path}.${key}`;
    return child.properties ? walk(child, childPath) : [childPath];
  });
}

/** Every setting as a dotted path, e.g. `judge.self_reward.scale`, in the order of the schema. */
export const settingPaths: readonly string[] = walk(canonicalSchema, "");

/** Every section as a dotted path, e.g. `judge` and `judge.self_reward`. */
export const sectionPaths: ReadonlySet<string> = new Set(
  settingPaths.flatMap((path) => {
    const keys = path.split(".");
    return keys.slice(1).map((_, i) => keys.slice(0, i + 1).join("."));
  }),
);

const settings = new Set(settingPaths);

/** Whether a dotted path names a setting (not a section). */
export function isSetting(path: string): boolean {
  return settings.has(path);
}

const lastKey = (path: string) => path.slice(path.lastIndexOf(".") + 1);
const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf(".")));

/** The word nearest to `word`, if it is near enough to be what was meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(word, candidates);
  const tolerance = word.length < 2 ? 0 : word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3));
  return distance(word, best) <= tolerance ? best : undefined;
}

/** Children of a section, or the top-level keys for "". */
export function keysOf(section: string): string[] {
  return [...sectionPaths, ...settingPaths].filter((path) => parent(path) === section).map(lastKey);
}

/**
 * What an unknown key probably meant, as dotted paths, best first; empty where nothing is near.
 * Looks beside the key first (a typing error), then for the same key elsewhere (a wrong section).
 */
export function suggestions(path: string): string[] {
  const word = lastKey(path);
  const section = parent(path);
  const qualified = (key: string) => (section === "" ? key : `${section}.${key}`);
  if (Object.hasOwn(aliases, word)) return [aliases[word]];

  const sibling = nearest(word, keysOf(section));
  if (sibling !== undefined) return [qualified(sibling)];

  const elsewhere = settingPaths.filter((known) => lastKey(known) === word);
  if (elsewhere.length > 0) {
    const misspeltSection = section === "" ? undefined : nearest(path, elsewhere);
    return misspeltSection === undefined ? elsewhere : [misspeltSection];
  }

  const misspelt = nearest(word, [...settingPaths.map(lastKey), ...Object.keys(aliases)]);
  if (misspelt !== undefined)
    return aliases[misspelt] ? [aliases[misspelt]] : settingPaths.filter((known) => lastKey(known) === misspelt);

  const whole = nearest(path, settingPaths);
  return whole === undefined ? [] : [whole];
}
