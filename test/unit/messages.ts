/**
 * Collects what daemon/ can say when something goes wrong: every stable code with its sentence and its next step, read from
 * the sources. `npx tsx test/unit/messages.ts` writes test/fixtures/messages.md, so that a change of a message is seen in review.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { argumentsAt, enclosingBracket, propertiesAt, stringLiterals, textOf } from "./source-scanner.ts";

/** Something that daemon/ can say. Placeholders are written {expression}. */
export interface Message {
  readonly code: string;
  readonly sentence: string;
  readonly next: string;
  readonly file: string;
}

export const goldenFile = fileURLToPath(new URL("../fixtures/messages.md", import.meta.url));

/** Functions that make an error of a code given by them: where their callers give sentence and next step. */
const makers: Readonly<Record<string, { readonly code: string; readonly sentence: number; readonly next?: number }>> = {
  usageError: { code: "cli/usage", sentence: 0, next: 2 },
};

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Names of the rooms that have errors: a string "<room>/<what>" is a code. */
function rooms(): string[] {
  return readdirSync(join(root, "daemon"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => (name === "models" ? "model" : name === "runs" ? "run" : name === "tasks" ? "task" : name));
}

function sources(): [file: string, text: string][] {
  return readdirSync(join(root, "daemon"), { recursive: true, encoding: "utf8" })
    .map((path) => `daemon/${path.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => [file, readFileSync(join(root, file), "utf8")]);
}

/** Every message, sorted by code and file. */
export function collectMessages(): Message[] {
  const code = new RegExp(`^(${[...rooms(), "protocol"].join("|")})/[a-z0-9]+(-[a-z0-9]+)*$`);
  const messages = sources().flatMap(([file, text]) => {
    const source = transformSync(text, { loader: "ts", charset: "utf8" }).code;
    return stringLiterals(source).flatMap(({ value, start }): Message[] => {
      if (!code.test(value)) return [];
      const bracket = enclosingBracket(source, start);
      if (bracket === undefined) return [];
      const given = source[bracket] === "{" ? fromObject(source, bracket) : fromCall(source, bracket, value);
      return given ? [{ code: value, file, ...given }] : [];
    });
  });
  return [...messages, ...sources().flatMap(([file, text]) => fromMakers(file, text))].sort(
    (a, b) => compare(a.code, b.code) || compare(a.file, b.file) || compare(a.sentence, b.sentence),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `{ code, message, next }`. */
function fromObject(source: string, bracket: number): Pick<Message, "sentence" | "next"> | undefined {
  const properties = propertiesAt(source, bracket);
  const [message, next] = [properties.get("message"), properties.get("next")];
  if (message === undefined) return undefined;
  return { sentence: textOf(message), next: next === undefined ? "" : textOf(next) };
}

/** `f(code, sentence, next, …)`: the constructor, and helpers of its form. */
function fromCall(source: string, bracket: number, code: string): Pick<Message, "sentence" | "next"> | undefined {
  const given = argumentsAt(source, bracket);
  const at = given.indexOf(JSON.stringify(code));
  const [sentence, next] = [given[at + 1], given[at + 2]];
  return at === -1 || sentence === undefined || next === undefined
    ? undefined
    : { sentence: textOf(sentence), next: textOf(next) };
}

function fromMakers(file: string, text: string): Message[] {
  const source = transformSync(text, { loader: "ts", charset: "utf8" }).code;
  return Object.entries(makers).flatMap(([name, { code, sentence, next }]) =>
    [...source.matchAll(new RegExp(`(?<!function )\\b${name}\\(`, "g"))].map((match): Message => {
      const given = argumentsAt(source, match.index + match[0].length - 1);
      const hint = next === undefined ? undefined : given[next];
      return { code, file, sentence: textOf(given[sentence]!), next: hint === undefined ? "" : textOf(hint) };
    }),
  );
}

/** The messages as a document. */
export function messagesDocument(messages: readonly Message[]): string {
  const entries = messages.map(({ code, sentence, next, file }) =>
    [`## ${code}`, "", sentence, ...(next === "" ? [] : ["", `→ ${next}`]), "", `${file}`, ""].join("\n"),
  );
  return `# What the daemon and the command line say when something goes wrong

Made by \`npx tsx test/unit/messages.ts\`. {…} is filled in when it happens.

${entries.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(goldenFile, messagesDocument(collectMessages()));
}
