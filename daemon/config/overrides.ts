import { aliases } from "./aliases.ts";
import { type JsonSchema, schemaAt } from "./json-schema.ts";
import type { Problem } from "./problem.ts";
import type { Setting, Source } from "./setting.ts";
import { readValue } from "./yaml-source.ts";

/** The place that problems of overrides name. */
export const commandLine = "command line";

/** Reads `key=value` arguments, e.g. `optimizer.lr=1e-4` or `learning_rate=1e-4`. */
export function readOverrides(overrides: readonly string[]): Source {
  const settings: Setting[] = [];
  const problems: Problem[] = [];
  for (const override of overrides) {
    const equals = override.indexOf("=");
    if (equals <= 0) {
      problems.push({
        code: "config/bad-override",
        message: `${JSON.stringify(override)} is no setting`,
        next: "Write key=value, for example optimizer.lr=1e-4.",
        place: commandLine,
      });
      continue;
    }
    const path = override.slice(0, equals).trim();
    const text = override.slice(equals + 1);
    const canonical = Object.hasOwn(aliases, path) ? aliases[path] : path;
    const value = overrideValue(schemaAt(canonical), text);
    settings.push({ path, value, keyPlace: commandLine, valuePlace: commandLine });
  }
  return { settings, problems };
}

/** A shell has its own quoting, so text needs no YAML quotes: `name=yes` means what it says. A list of texts is YAML's. */
function overrideValue(schema: JsonSchema | undefined, text: string): unknown {
  if (schema?.type === "string") return text;
  const value = readValue(text);
  const isTextOrList = schema?.anyOf?.some(({ items }) => items?.type === "string") ?? false;
  return isTextOrList && !Array.isArray(value) ? text : value;
}
