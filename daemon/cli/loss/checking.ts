import { z } from "zod";
import { nearest } from "../../config/keys.ts";
import { shown } from "../../config/setting.ts";
import { SparringError } from "../../errors.ts";

/** Where something is in a file: keys and indices from the outside in. */
export type Path = readonly PropertyKey[];

/** The message of a value that doesn't fit: what was found, and what fits. */
export function expected(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => `found ${shown(input)}, expected ${what}` };
}

/** A number above a limit. */
export function above(limit: number): z.ZodNumber {
  return z.number(expected("a number")).gt(limit, expected(`a number above ${limit}`));
}

/** A number that is not negative. */
export const notNegative = z.number(expected("a number")).min(0, expected("a number of at least 0"));

const logprobText = "a log-probability, which is at most 0";
const logprob = z.number(expected(logprobText)).max(0, expected(logprobText));

/** A response's log-probability, or a list of its tokens', nat. */
export const logprobs = z.union(
  [logprob, z.array(logprob).min(1, expected("at least one token"))],
  expected(`${logprobText}, or a list of one for each token`),
);

/** A name of a setting as files write it, e.g. `length_average`. */
export function settingKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The settings that a file gives, of those that its algorithm uses; undefined where it is silent.
 * @throws SparringError `cli/loss-file`
 */
export function readSettings<Schemas extends Readonly<Record<string, z.ZodType>>>(
  schemas: Schemas,
  uses: readonly (keyof Schemas & string)[],
  given: unknown,
  file: string,
): Partial<{ [Name in keyof Schemas]: z.output<Schemas[Name]> }> {
  const shape = uses.map((name) => [settingKey(name), schemas[name]!.optional()]);
  const values: Record<string, unknown> = check(z.strictObject(Object.fromEntries(shape)), given, ["settings"], file);
  const own = uses.filter((name) => values[settingKey(name)] !== undefined);
  return Object.fromEntries(own.map((name) => [name, values[settingKey(name)]])) as ReturnType<
    typeof readSettings<Schemas>
  >;
}

/**
 * A value that fits a schema.
 * @param at   where the value is in the file
 * @param file as the user named it
 * @throws SparringError `cli/loss-file` with the first thing that is wrong
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, at: Path, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  // A value that is neither of two kinds, but of one kind with something wrong inside.
  const inner = issue.code === "invalid_union" ? issue.errors.flat().find(({ path }) => path.length > 0) : undefined;
  if (inner) throw wrong([...at, ...issue.path, ...inner.path], inner.message, file);
  if (issue.code !== "unrecognized_keys") throw wrong([...at, ...issue.path], issue.message, file);
  const key = issue.keys[0]!;
  const meant = schema instanceof z.ZodObject ? nearest(key, Object.keys(schema.shape)) : undefined;
  const next = meant === undefined ? "Remove it." : `Did you mean ${meant}?`;
  throw wrong([...at, ...issue.path, key], "nothing of this name is used here", file, next);
}

/** An error about one place of a file, e.g. `units[0].chosen.logp`. */
export function wrong(
  path: Path,
  what: string,
  file: string,
  next = "Correct it; `sparring help loss` shows such a file.",
): SparringError {
  const name = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  const place = name === "" ? "the file" : name.replace(/^\./, "");
  return new SparringError("cli/loss-file", `${place}: ${what}`, next, { place: file });
}
