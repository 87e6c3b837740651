/**
 * Guards the rooms of the house (ARCHITECTURE.md): which folder may import which. Dependencies point inwards, so that
 * the inner rooms can be read, tested and changed without knowing the outer ones.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, test } from "node:test";

interface Room {
  /** Rooms whose files it may import. */
  readonly imports: readonly string[];
  /** Rooms of which it may import types only. */
  readonly types?: readonly string[];
  /** It imports no package and nothing of Node: no I/O, no clock, no randomness. */
  readonly pure?: true;
  readonly why: string;
}

/** A room is a folder of daemon/, a single file there (errors.ts), or one of the other top-level folders. */
const rooms: Readonly<Record<string, Room>> = {
  errors: { imports: [], pure: true, why: "everybody imports it" },
  version: { imports: ["package.json"], why: "it is one line that runs record and the command line shows" },
  text: {
    imports: [],
    pure: true,
    why: "how numbers, ids and text of a model are written for people, wherever they are shown",
  },
  editor: { imports: [], pure: true, why: "daemon, panels and extension share the names of the editor's commands" },
  protocol: { imports: ["store"], why: "extension, webview, daemon and command line share it" },
  wire: { imports: ["errors", "protocol", "store"], why: "both ends of the socket share it, and it knows neither" },
  client: {
    imports: ["errors", "version", "protocol", "wire", "store"],
    why: "the command line and the extension reach the daemon through it; it knows nothing of what the daemon does",
  },
  selfplay: { imports: [], pure: true, why: "algorithms are pure functions, the same for every engine" },
  tasks: { imports: ["errors"], pure: true, why: "a task family is pure, and knows neither judges nor runs" },
  models: { imports: ["errors"], why: "a model is files and a tokenizer, whatever game is played with it" },
  data: {
    imports: ["errors", "text"],
    types: ["models"],
    why: "data are files and records, whatever task, model or algorithm uses them",
  },
  engine: { imports: ["errors", "models"], why: "an engine knows no algorithm, judge or run" },
  interval: { imports: [], pure: true, why: "a share means the same in the daemon's answers and in a panel" },
  setup: {
    imports: ["errors", "text", "store", "engine"],
    types: ["protocol"],
    why: "set-up makes and checks what an engine needs on this machine; it knows no run",
  },
  judge: {
    imports: ["errors", "interval", "tasks", "selfplay", "models"],
    types: ["engine"],
    why: "a judge knows nothing of runs",
  },
  store: { imports: ["errors"], why: "the store knows files and records, not who makes them" },
  config: { imports: ["errors"], types: ["selfplay"], why: "a config is validated before anything is built from it" },
  runs: {
    imports: [
      "errors",
      "version",
      "interval",
      "config",
      "store",
      "selfplay",
      "tasks",
      "models",
      "data",
      "judge",
      "engine",
      "setup",
    ],
    types: ["protocol"],
    why: "runs compose the inner rooms, and don't know who starts or watches them",
  },
  studies: {
    imports: ["errors"],
    types: ["store"],
    why: "a study is a plan and what is read off its rounds; the command line has it run",
  },
  documents: {
    imports: ["errors", "text", "store", "selfplay"],
    types: ["protocol"],
    why: "a round as a text, with the places of its parts; it knows no editor",
  },
  language: {
    imports: ["errors", "text", "editor", "config", "store", "selfplay", "documents"],
    types: ["protocol"],
    why: "what an editor is told about configs and round documents: text in, LSP's types out; no socket",
  },
  server: {
    imports: [
      "errors",
      "version",
      "protocol",
      "editor",
      "wire",
      "config",
      "store",
      "engine",
      "setup",
      "runs",
      "documents",
      "language",
    ],
    why: "the daemon's socket: it validates, authorises and delegates, and decides nothing about runs",
  },
  cli: {
    imports: [
      "errors",
      "text",
      "version",
      "protocol",
      "wire",
      "client",
      "server",
      "config",
      "store",
      "tasks",
      "models",
      "data",
      "engine",
      "setup",
      "selfplay",
      "studies",
    ],
    types: ["runs"],
    why: "the command line is outermost: a client of the daemon, which trains nothing itself",
  },
  extension: {
    imports: ["errors", "text", "version", "protocol", "wire", "client", "editor", "webview"],
    why: "the editor talks to the daemon through the protocol only, and to panels through webview/shared/messages.ts",
  },
  webview: {
    imports: ["text", "editor", "interval"],
    types: ["protocol"],
    why: "a webview has no business logic and no socket",
  },
};

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
  readonly line: number;
}

/** Import and re-export statements at the start of a line, and import(…) or require(…) of a literal anywhere. */
function importsOf(source: string): Import[] {
  const statement = /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+?\s*from\s*)?["']([^"'\n]+)["']/gm;
  const call = /\b(?:import|require)\(\s*()["'`]([^"'`\n]+)["'`]/g;
  return [...source.matchAll(statement), ...source.matchAll(call)].map((match) => ({
    specifier: match[2]!,
    typesOnly: Boolean(match[1]),
    line: source.slice(0, match.index).split("\n").length,
  }));
}

/** "daemon/judge/x.ts" → "judge", "daemon/errors.ts" → "errors", "extension/x.ts" → "extension". */
function roomOf(file: string): string {
  const [top, second] = file.split("/");
  return top === "daemon" ? second!.replace(/\.ts$/, "") : top!;
}

/** The file that a relative import names; undefined for a package. */
function target(file: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : undefined;
}

/** Every import that the table forbids, as a sentence with file, import and reason. */
function forbiddenImports(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, source]) => {
    const name = roomOf(file);
    const room = rooms[name];
    if (!room) return [`${file}: the room "${name}" is not in the table of test/unit/rooms.test.ts; add it there`];
    return importsOf(source).flatMap(({ specifier, typesOnly, line }) => {
      const because = (rule: string): string[] => [`${file}:${line} imports "${specifier}": ${rule} (${room.why})`];
      const imported = target(file, specifier);
      if (imported === undefined) {
        if (specifier === "vscode" && name !== "extension") return because("only extension/ may import vscode");
        return room.pure ? because(`${name} is pure and imports no packages`) : [];
      }
      const other = roomOf(imported);
      if (other === name || room.imports.includes(other)) return [];
      if (!room.types?.includes(other)) return because(`${name} may not import ${other}`);
      return typesOnly ? [] : because(`${name} may import types of ${other}, and only types`);
    });
  });
}

/** Every cycle that a walk along the imports closes, types included, as its files from first to first. */
function importCycles(files: ReadonlyMap<string, string>): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    else if (files.has(file) && !finished.has(file)) {
      for (const { specifier } of importsOf(files.get(file)!)) {
        const next = target(file, specifier);
        if (next !== undefined) walk(next, [...path, file]);
      }
      finished.add(file);
    }
  };
  for (const file of files.keys()) walk(file, []);
  return cycles;
}

function sources(): Map<string, string> {
  const files = ["daemon", "extension", "webview"].filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((path) => join(folder, path).replaceAll("\\", "/"))
      .filter((path) => /\.tsx?$/.test(path)),
  );
  return new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
}

describe("the rooms of the house", () => {
  const files = sources();

  test("import only what the table allows", () => {
    assert.ok(files.size > 0);
    assert.deepEqual(forbiddenImports(files), []);
  });

  test("have no cycle of imports", () => {
    assert.deepEqual(importCycles(files), []);
  });

  test("with every import written as it is understood here", () => {
    // Finds each `from "…"` by other means, so that no import hides from the check.
    for (const [file, source] of files) {
      const lines = source.split("\n").filter((line) => /^[^/*`]*(\bfrom|^\s*import)\s+"[^"]+";?$/.test(line));
      assert.ok(importsOf(source).length >= lines.length, `${file} has an import that this test doesn't see`);
    }
  });
});

describe("the guard of the rooms", () => {
  const check = (file: string, source: string): string[] => forbiddenImports(new Map([[file, source]]));

  test("names the file, the import and the reason", () => {
    assert.deepEqual(check("daemon/selfplay/lsp.ts", '\nimport { run } from "../runs/run.ts";'), [
      'daemon/selfplay/lsp.ts:2 imports "../runs/run.ts": selfplay may not import runs ' +
        "(algorithms are pure functions, the same for every engine)",
    ]);
  });

  const forbidden: [file: string, source: string][] = [
    ["daemon/selfplay/algorithms/a.ts", 'import type { E } from "../../engine/engine.ts";'],
    ["daemon/selfplay/a.ts", 'import { z } from "zod";'],
    ["daemon/tasks/a.ts", 'import { readFileSync } from "node:fs";'],
    ["daemon/engine/onnx/a.ts", 'import {\n  a,\n  type b,\n} from "../../selfplay/a.ts";'],
    ["daemon/store/a.ts", 'export * from "../runs/a.ts";'],
    ["daemon/store/a.ts", 'export { a } from "../config/a.ts";'],
    ["daemon/runs/a.ts", 'import "../cli/main.ts";'],
    ["daemon/runs/a.ts", 'const cli = await import("../cli/main.ts");'],
    ["daemon/judge/a.ts", 'import { roles } from "../engine/engine.ts";'],
    ["daemon/config/a.ts", 'import { lsp } from "../selfplay/lsp.ts";'],
    ["daemon/runs/a.ts", 'import * as vscode from "vscode";'],
    ["extension/a.ts", 'import { run } from "../daemon/runs/run.ts";'],
    ["daemon/models/a.ts", 'import { help } from "../../test/unit/help.ts";'],
    ["daemon/attic/a.ts", ""],
  ];
  for (const [file, source] of forbidden) {
    test(`finds ${JSON.stringify(source)} in ${file}`, () => assert.equal(check(file, source).length, 1));
  }

  const allowed: [file: string, source: string][] = [
    ["daemon/config/a.ts", 'import type { S } from "../selfplay/settings.ts";\nimport { z } from "zod";'],
    ["daemon/judge/a.ts", 'import type { Engine } from "../engine/engine.ts";'],
    ["daemon/selfplay/algorithms/a.ts", 'import { k2 } from "../kl.ts";\n// import { x } from "../runs/x.ts"'],
    ["daemon/errors.ts", 'export const from = \'a\';\nexport type Kind = "a" | "b";'],
    ["extension/a.ts", 'import * as vscode from "vscode";\nimport { hello } from "../daemon/protocol.ts";'],
  ];
  for (const [file, source] of allowed) {
    test(`allows ${JSON.stringify(source)} in ${file}`, () => assert.deepEqual(check(file, source), []));
  }

  test("finds a cycle, and only that", () => {
    const files = new Map([
      ["daemon/runs/a.ts", 'import { b } from "./b.ts";'],
      ["daemon/runs/b.ts", 'import type { c } from "./deep/c.ts";\nimport { d } from "./d.ts";'],
      ["daemon/runs/deep/c.ts", 'import { a } from "../a.ts";\nimport { d } from "../d.ts";'],
      ["daemon/runs/d.ts", ""],
    ]);
    const around = "daemon/runs/a.ts → daemon/runs/b.ts → daemon/runs/deep/c.ts → daemon/runs/a.ts";
    assert.deepEqual(importCycles(files), [around]);
  });
});
