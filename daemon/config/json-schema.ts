import { z } from "zod";
import { aliases } from "./aliases.ts";
import { settingsSchema } from "./schema.ts";

/** The part of JSON Schema that the config's schema uses. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly default?: unknown;
  /** What the setting could do in a stranger's config: see trust.ts. */
  readonly trust?: string;
  /** A person may have written a key or a password in its place, so errors don't repeat what they found. */
  readonly mayBeSecret?: boolean;
}

/** The schema of every key, without aliases. A section's default is the defaults of its keys, so it has none of its own. */
export const canonicalSchema = z.toJSONSchema(settingsSchema, {
  io: "input",
  override: ({ jsonSchema }) => {
    if (jsonSchema.type === "object") delete jsonSchema.default;
  },
}) as JsonSchema;

/** The schema at a dotted path, or undefined where there is no such key. */
export function schemaAt(path: string): JsonSchema | undefined {
  return path.split(".").reduce<JsonSchema | undefined>((schema, key) => {
    const properties = schema?.properties;
    return properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
  }, canonicalSchema);
}

/**
 * The JSON Schema (draft 2020-12) of a config file, for completion, hover texts and validation in editors. Aliases are
 * in it, marked as deprecated, so that an editor explains them instead of calling them unknown.
 */
export function configJsonSchema(): object {
  const aliased = Object.entries(aliases).map(([alias, path]) => [
    alias,
    { ...schemaAt(path), description: `Another name for \`${path}\`.`, deprecated: true },
  ]);
  return {
    ...canonicalSchema,
    title: "Sparring: a self-play run",
    properties: { ...canonicalSchema.properties, ...Object.fromEntries(aliased) },
    required: canonicalSchema.required?.filter((key) => key !== "model"),
    anyOf: [{ required: ["model"] }, { required: ["model_name_or_path"] }],
  };
}
