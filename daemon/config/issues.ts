import type { z } from "zod";
import { type JsonSchema, schemaAt } from "./json-schema.ts";
import { nearest } from "./keys.ts";
import type { Problem } from "./problem.ts";
import { type Setting, shown } from "./setting.ts";

/** What a schema accepts, in words: "a whole number from 2 to 1024". */
export function expectation(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(expectation).join(" or ");
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum.length === 1 ? schema.enum[0] : `one of ${schema.enum.join(", ")}`;
  if (schema.items) return `a list, each item ${expectation(schema.items)}`;
  if (schema.type === "boolean") return "true or false";
  if (schema.type === "string") {
    return schema.maxLength === undefined ? "text that is not empty" : `text of at most ${schema.maxLength} characters`;
  }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const kind = schema.type === "integer" ? "a whole number" : "a number";
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
  const low = exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : `of at least ${minimum}`;
  const high = exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : `at most ${maximum}`;
  return `${kind} ${low} and ${high}`;
}

/** The next step for a value that does not fit. */
function correction(schema: JsonSchema, value: unknown): string {
  if (schema.enum && typeof value === "string") {
    const meant = nearest(value, schema.enum);
    if (meant !== undefined) return `Did you mean ${meant}?`;
  }
  if (schema.type === "boolean" && typeof value === "string") {
    if (/^(yes|on|true|1)$/i.test(value)) return "Write true.";
    if (/^(no|off|false|0)$/i.test(value)) return "Write false.";
  }
  const isNumeric = schema.type === "number" || schema.type === "integer";
  if (isNumeric && typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) {
    return `Write ${Number(value)}, without quotes.`;
  }
  if (schema.default !== undefined && !Array.isArray(schema.default)) {
    return `Correct it, or leave it out for the default (${schema.default}).`;
  }
  return `Write ${expectation(schema)}.`;
}

/**
 * Turns an issue of zod into a problem with its place.
 * @param path    the setting's dotted path
 * @param setting what was written, or undefined where a required key is missing
 * @param near    place to name for a missing key
 */
export function describeIssue(
  issue: z.core.$ZodIssue,
  path: string,
  setting: Setting | undefined,
  near: string | undefined,
): Problem {
  const whole = schemaAt(path)!;
  if (setting === undefined) {
    return {
      code: "config/missing-key",
      message: `${path} is missing, and has no default`,
      next: `Add it. ${whole.description}`,
      place: near,
    };
  }
  const item = issue.path.slice(path.split(".").length)[0];
  const inList = typeof item === "number" && Array.isArray(setting.value) && whole.items !== undefined;
  const schema = inList ? whole.items : whole;
  const value: unknown = inList ? (setting.value as unknown[])[item] : setting.value;
  const why = issue.message === "" ? "" : `: ${issue.message}`;
  const code =
    issue.code === "invalid_type" || issue.code === "invalid_union" ? "config/wrong-type" : "config/out-of-range";
  if (schema.mayBeSecret) {
    return {
      code,
      message: `${path}: expected ${issue.message || expectation(schema)}; what is there is not repeated, because it could be a secret`,
      next: `Correct it. ${schema.description}`,
      place: setting.valuePlace,
    };
  }
  return {
    code,
    message: `${path}${inList ? `[${item}]` : ""}: found ${shown(value)}, expected ${expectation(schema)}${why}`,
    next: correction(schema, value),
    place: (inList ? setting.itemPlaces?.[item] : undefined) ?? setting.valuePlace,
  };
}
