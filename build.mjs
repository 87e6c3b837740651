// Bundles the programs with esbuild. onnxruntime-node loads its binding by a computed path, so it stays external.
import { build } from "esbuild";

await build({
  entryPoints: {
    sparring: "daemon/cli/main.ts",
    "onnx-worker": "daemon/engine/onnx/worker/main.ts",
    "pretrain-nano": "daemon/cli/pretrain-nano.ts",
  },
  outdir: "dist",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  external: ["onnxruntime-node"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
