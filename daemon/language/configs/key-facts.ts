import { aliases } from "../../config/aliases.ts";
import { expectation } from "../../config/issues.ts";
import { type JsonSchema, schemaAt } from "../../config/json-schema.ts";

/** Words that the schema takes for any text. */
const examples: Readonly<Record<string, readonly string[]>> = {
  "model.path": ["builtin:nano"],
  "model.reference": ["stage", "base"],
};

/** Type, range, default and description of a key, as completion shows them, too; Markdown of the schema's own words. */
export function describeKey(path: string): string {
  const schema = schemaAt(path)!;
  return [
    `**\`${path}\`** · ${typeOf(schema)}`,
    ...(schema.description ? [schema.description] : []),
    ...footer(path, schema),
  ].join("\n\n");
}

/** What a key accepts, in words. */
export function typeOf(schema: JsonSchema): string {
  return schema.properties ? "section" : expectation(schema);
}

/** A value as YAML writes it in one line. */
export function yamlValue(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(", ")}]` : String(value);
}

/** The words that a setting takes, or may take. */
export function valuesOf(path: string, schema: JsonSchema): readonly string[] {
  if (schema.type === "boolean") return ["true", "false"];
  const constants = (schema.anyOf ?? []).flatMap((option) => option.const ?? []);
  return [...(examples[path] ?? []), ...(schema.enum ?? []), ...constants];
}

function footer(path: string, { default: fallback }: JsonSchema): string[] {
  const names = Object.keys(aliases).filter((alias) => aliases[alias] === path);
  const facts = [
    ...(fallback === undefined ? [] : [`Default: \`${yamlValue(fallback)}\``]),
    ...names.map((alias) => `Alias: \`${alias}\``),
  ];
  return facts.length > 0 ? [facts.join(" · ")] : [];
}
