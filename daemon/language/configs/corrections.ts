import { type JsonSchema, schemaAt } from "../../config/json-schema.ts";
import { nearest } from "../../config/keys.ts";
import { yamlValue } from "./key-facts.ts";

/** A value that would fit where the written one does not. */
export interface Correction {
  /** As YAML writes it. */
  readonly value: string;
  /** For a menu. */
  readonly title: string;
}

/** What a wrong value may have been meant to be: the best guess first, the default last. */
export function corrections(path: string, value: unknown): Correction[] {
  const schema = schemaAt(path);
  if (!schema || schema.properties) return [];
  const fallback =
    schema.default === undefined
      ? []
      : [{ value: yamlValue(schema.default), title: `Set to the default (${yamlValue(schema.default)})` }];
  const found = [...meant(schema, value), ...fallback];
  return found.filter((one, at) => found.findIndex((other) => other.value === one.value) === at);
}

function meant(schema: JsonSchema, value: unknown): Correction[] {
  const { enum: words, type, minimum, maximum } = schema;
  const set = (to: string): Correction => ({ value: to, title: `Set to ${to}` });
  const isNumeric = type === "number" || type === "integer";
  if (typeof value === "string") {
    const near = words && nearest(value, words);
    if (near !== undefined) return [set(near)];
    if (type === "boolean") return booleanOf(value).map(set);
    if (isNumeric && value.trim() !== "" && Number.isFinite(Number(value))) return [set(String(Number(value)))];
  }
  if (!isNumeric || typeof value !== "number") return [];
  if (minimum !== undefined && value < minimum) return [set(String(minimum))];
  if (maximum !== undefined && value > maximum) return [set(String(maximum))];
  return [];
}

function booleanOf(word: string): string[] {
  if (/^(yes|on|true|1)$/i.test(word)) return ["true"];
  return /^(no|off|false|0)$/i.test(word) ? ["false"] : [];
}
