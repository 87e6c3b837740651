import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { SparringError } from "../errors.ts";

/**
 * Reads a JSON file of a model folder and validates it.
 * @throws SparringError `model/invalid-json` where it is not JSON, or does not fit the schema (with the field's path)
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidJson(path, `it is not JSON (${(cause as SyntaxError).message})`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw invalidJson(path, `"${issue.path.join(".")}": ${issue.message}`, parsed.error);
}

function invalidJson(place: string, what: string, cause: unknown): SparringError {
  return new SparringError(
    "model/invalid-json",
    `the model's file can't be understood: ${what}`,
    "Download the file again, or correct it by hand.",
    { place, cause },
  );
}

/** The first key that occurs twice in one object of the JSON text of an object. JSON.parse keeps the last one silently. */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === "{") open.push(new Set());
    else if (char === "}") open.pop();
    else if (char === '"') {
      // By hand, because a regular expression for strings overflows the stack on one of some megabytes.
      const start = i++;
      while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
      let next = i + 1;
      while (" \t\r\n".includes(json.charAt(next))) next++;
      if (json[next] !== ":") continue;
      const key: string = JSON.parse(json.slice(start, i + 1));
      const seen = open.at(-1)!;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
