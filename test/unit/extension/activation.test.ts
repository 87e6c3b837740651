import assert from "node:assert/strict";
import { isBuiltin } from "node:module";
import { describe, test } from "node:test";
import { build, type Metafile } from "esbuild";

/** The extension as build.mjs bundles it: what each file imports, types left out. */
async function bundled(): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: ["extension/main.ts"],
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
    write: false,
    metafile: true,
  });
  return metafile;
}

/** The files whose code runs as soon as the entry is required, each with the packages and files that it imports. */
function loadedAtOnce({ inputs }: Metafile, entry: string): Map<string, string[]> {
  const loaded = new Map<string, string[]>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    const imports = inputs[file]!.imports.filter(({ kind }) => kind !== "dynamic-import");
    loaded.set(
      file,
      imports.map(({ path }) => path),
    );
    for (const { path, external } of imports) if (!external) load(path);
  };
  load(entry);
  return loaded;
}

describe("activation", () => {
  test("loads no package: schemas and the language client come with the first connection, command or panel", async () => {
    const metafile = await bundled();
    const loaded = loadedAtOnce(metafile, "extension/main.ts");
    const foreign = [...loaded].flatMap(([file, imports]) =>
      imports
        .filter((path) => path.startsWith("node_modules/") || !(path in metafile.inputs || isBuiltin(path)))
        .filter((path) => path !== "vscode")
        .map((path) => `${file} → ${path}`),
    );
    assert.deepEqual(foreign, []);
    assert.ok(loaded.has("extension/commands/register.ts"));
    for (const late of ["daemon/protocol.ts", "extension/daemon/link.ts", "extension/commands/handlers.ts"]) {
      assert.ok(late in metafile.inputs && !loaded.has(late), late);
    }
  });
});
