import { z } from "zod";

/** The part of JSON Schema that zod's schemas here become. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly type?: TypeName | readonly TypeName[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

type TypeName = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

type Direction = "input" | "output";

/** Writes zod schemas as types in TypeScript's notation, with limits, defaults and descriptions as comments. */
export class TypeWriter {
  readonly #names = z.registry<{ id: string }>();

  /** @param named schemas that are written as their name wherever they occur */
  constructor(named: Readonly<Record<string, z.ZodType>>) {
    for (const [id, schema] of Object.entries(named)) this.#names.add(schema, { id });
  }

  /** The type of what is sent (`input`: defaults may be left out) or received (`output`). */
  write(schema: z.ZodType, direction: Direction): string {
    return typeText(this.#schemaOf(schema, direction), "");
  }

  /** The type behind a name. */
  define(schema: z.ZodType): string {
    const { $defs, ...root } = this.#schemaOf(z.tuple([schema]), "output") as Schema & {
      $defs: Record<string, Schema>;
    };
    const name = root.prefixItems![0]!.$ref!.split("/").at(-1)!;
    const definition = $defs[name]!;
    const comment = commentText(definition);
    return `${typeText(definition, "")}${comment === "" ? "" : ` // ${comment}`}`;
  }

  #schemaOf(schema: z.ZodType, io: Direction): Schema {
    return z.toJSONSchema(schema, {
      metadata: this.#names,
      io,
      unrepresentable: "any",
      // With names of its own, zod looks for descriptions there too.
      override: ({ zodSchema, jsonSchema }) => {
        const description = z.globalRegistry.get(zodSchema)?.description;
        if (description !== undefined) jsonSchema.description = description;
      },
    }) as Schema;
  }
}

function typeText(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return schema.$ref.split("/").at(-1)!;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map((part) => typeText(part, indent)).join(" | ");
  if (schema.prefixItems) return `[${schema.prefixItems.map((part) => typeText(part, indent)).join(", ")}]`;
  const { type } = schema;
  if (typeof type === "object") return type.map((one) => typeText({ ...schema, type: one }, indent)).join(" | ");
  switch (type) {
    case "array":
      return arrayText(schema.items ?? {}, indent);
    case "object":
      return objectText(schema, indent);
    case "integer":
      return "number";
    case undefined:
      return "unknown";
    default:
      return type;
  }
}

function arrayText(items: Schema, indent: string): string {
  const text = typeText(items, indent);
  return items.anyOf || items.enum ? `(${text})[]` : `${text}[]`;
}

function objectText({ properties, required, additionalProperties }: Schema, indent: string): string {
  if (!properties)
    return `Record<string, ${additionalProperties ? typeText(additionalProperties, indent) : "unknown"}>`;
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([key, property]) => {
    const mark = required?.includes(key) ? "" : "?";
    const comment = commentText(property);
    return `${inner}${key}${mark}: ${typeText(property, inner)};${comment === "" ? "" : ` // ${comment}`}\n`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

/** What the notation does not say: the description, whole numbers, limits, the default. */
function commentText(schema: Schema): string {
  const { type, minimum, maximum, exclusiveMinimum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const isWhole = type === "integer";
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const least =
    minimum === Number.MIN_SAFE_INTEGER ? undefined : (minimum ?? (exclusiveMinimum === 0 ? "above 0" : undefined));
  const parts = [
    schema.description,
    isWhole ? "whole" : undefined,
    range(least, most),
    range(minLength, maxLength, "length "),
    schema.prefixItems ? undefined : range(minItems, maxItems, "length "),
    pattern === undefined ? undefined : `/${pattern}/`,
    schema.default === undefined ? undefined : `default ${JSON.stringify(schema.default)}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function range(least: number | string | undefined, most: number | undefined, of = ""): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (most === undefined) return typeof least === "string" ? least : `${of}at least ${least}`;
  if (least === most) return `${of}${most}`;
  return least === undefined ? `${of}at most ${most}` : `${of}${least} to ${most}`;
}
