import { aliases, type Refusal, refusals, refusedSections } from "./aliases.ts";
import { isSetting, keysOf, sectionPaths, suggestions } from "./keys.ts";
import type { Problem } from "./problem.ts";
import { isWithin, type Setting, type Source, shown } from "./setting.ts";

/** Settings with canonical, known paths, each at most once; and what is wrong with the others. */
export interface CanonicalSource extends Source {
  /** Paths that a problem is already about, so that nobody also calls them missing. */
  readonly blamed: readonly string[];
}

function isEmptyMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function unknownKey(setting: Setting, similar: readonly string[]): Problem {
  const { path } = setting;
  const section = path.slice(0, Math.max(0, path.lastIndexOf(".")));
  const known = keysOf(section);
  const next =
    similar.length > 0
      ? `Did you mean ${similar.join(" or ")}?`
      : known.length > 0
        ? `Remove it. The keys of ${section === "" ? "a config" : section} are: ${known.join(", ")}.`
        : "Remove it. `sparring schema` lists every key.";
  return { code: "config/unknown-key", message: `there is no setting ${shown(path)}`, next, place: setting.keyPlace };
}

/** A section that was given something else than keys. */
function notASection(setting: Setting): Problem {
  const [key] = keysOf(setting.path);
  const absent =
    setting.path === "adapter"
      ? "Write `adapter: {}` for the defaults, or leave it out to train all weights."
      : undefined;
  return {
    code: "config/wrong-type",
    message: `${setting.path} is a section with keys of its own, found ${shown(setting.value)}`,
    next: absent ?? `Set one of its keys (${setting.path}.${key}), or leave it out for the defaults.`,
    place: setting.valuePlace,
  };
}

function refusalOf(path: string): Refusal | undefined {
  const lastKey = path.slice(path.lastIndexOf(".") + 1);
  if (Object.hasOwn(refusals, lastKey)) return refusals[lastKey];
  return Object.entries(refusedSections).find(([section]) => isWithin(path, section))?.[1];
}

/** Translates aliases and takes out unknown, refused and repeated keys. */
export function canonicalise(source: Source): CanonicalSource {
  const settings = new Map<string, Setting & { readonly written: string }>();
  const problems = [...source.problems];
  const blamed: string[] = [];
  for (const setting of source.settings) {
    const written = setting.path;
    const path = Object.hasOwn(aliases, written) ? aliases[written] : written;
    const refused = refusalOf(path);
    const first = settings.get(path);
    if (first) {
      problems.push({
        code: "config/duplicate-key",
        message:
          first.written === written
            ? `${written} is set twice`
            : `${first.written} and ${written} are the same setting (${path}), and both are given`,
        next: "Keep one of them.",
        place: setting.keyPlace,
      });
    } else if (isSetting(path) || (sectionPaths.has(path) && isEmptyMapping(setting.value))) {
      settings.set(path, { ...setting, path, written });
    } else if (sectionPaths.has(path)) {
      problems.push(notASection(setting));
      blamed.push(path);
    } else if (refused) {
      problems.push({
        code: "config/refused-key",
        message: `${path} is refused: ${refused.why}`,
        next: refused.next,
        place: setting.keyPlace,
      });
    } else {
      const similar = suggestions(path);
      problems.push(unknownKey(setting, similar));
      blamed.push(...similar);
    }
  }
  return { settings: [...settings.values()], problems, blamed };
}
