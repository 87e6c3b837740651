import { canonicalSchema, type JsonSchema } from "./json-schema.ts";

/** A setting that a stranger's config must not decide by itself. */
export interface TrustedSetting {
  /** Dotted path. */
  readonly path: string;
  /** What it could do, e.g. "starts a program". */
  readonly why: string;
}

/**
 * The settings of a config that need their folder to be trusted: those that differ from their default and are marked with
 * `.meta({ trust: "starts a program" })` in the schema: an interpreter's path, a judge's server, the variable of its key.
 */
export function settingsThatNeedTrust(config: object, schema: JsonSchema = canonicalSchema): TrustedSetting[] {
  const visit = (value: unknown, at: JsonSchema, path: string): TrustedSetting[] => {
    if (at.properties && typeof value === "object" && value !== null) {
      return Object.entries(at.properties).flatMap(([key, child]) =>
        visit((value as Record<string, unknown>)[key], child, path === "" ? key : `${path}.${key}`),
      );
    }
    const isSet = value !== undefined && value !== at.default;
    return isSet && at.trust !== undefined ? [{ path, why: at.trust }] : [];
  };
  return visit(config, schema, "");
}
