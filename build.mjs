// Bundles the programs with esbuild. onnxruntime-node loads its binding by a computed path, so it stays external.
import { existsSync } from "node:fs";
import { build } from "esbuild";

const common = { bundle: true, sourcemap: true, logLevel: "warning" };

/** The daemon's programs. */
await build({
  ...common,
  entryPoints: {
    sparring: "daemon/cli/main.ts",
    "onnx-worker": "daemon/engine/onnx/worker/main.ts",
    "pretrain-nano": "daemon/cli/pretrain-nano.ts",
  },
  outdir: "dist",
  platform: "node",
  target: "node20",
  format: "esm",
  external: ["onnxruntime-node"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});

/** The editor's side: VS Code loads CommonJS. */
await build({
  ...common,
  entryPoints: existsSync("extension/main.ts") ? { extension: "extension/main.ts" } : {},
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
});

/** A panel's script and style, each in one file: its content security policy allows no other. */
await build({
  ...common,
  entryPoints: Object.fromEntries(
    ["rounds", "rate", "compare", "lineage"]
      .map((panel) => [panel, `webview/${panel}/main.tsx`])
      .filter(([, file]) => existsSync(file)),
  ),
  outdir: "dist/webview",
  platform: "browser",
  target: "es2022",
  format: "iife",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
});
