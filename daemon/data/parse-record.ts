import type { Skip } from "./reasons.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A piece of a file as a JSON object.
 * @param isClosed whether the piece's end is there; without it, what is not JSON was cut off
 */
export function parseRecord(bytes: Uint8Array, isClosed: boolean): { readonly record: object } | Skip {
  const text = decode(bytes);
  // A file that ends within a character's bytes was cut off, too.
  if (text === undefined) return { skip: isClosed ? "not-unicode" : "cut-off" };
  const value = parse(text);
  if (value === undefined) return { skip: isClosed ? "not-json" : "cut-off" };
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? { record: value } : { skip: "not-an-object" };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The value; undefined, which JSON can't say, where it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
