// Bundles the programs with esbuild; `--watch` does so again after each change of a source. onnxruntime-node loads its binding by a
// computed path, so it stays external.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, context } from "esbuild";

/** The torch engine's worker: Python that is not bundled, but lies beside the bundle. */
const worker = {
  from: "daemon/engine/torch/worker",
  to: "dist/torch-worker",
  files: readdirSync("daemon/engine/torch/worker").filter((file) => /\.py$|^requirements\.txt$/.test(file)),
};

const common = { bundle: true, sourcemap: true, logLevel: "warning" };

/** The daemon's programs. */
const programs = {
  ...common,
  entryPoints: {
    sparring: "daemon/cli/main.ts",
    "onnx-worker": "daemon/engine/onnx/worker/main.ts",
    "classifier-worker": "daemon/engine/classifier/worker.ts",
    "pretrain-nano": "daemon/cli/pretrain-nano.ts",
  },
  outdir: "dist",
  platform: "node",
  target: "node20",
  format: "esm",
  external: ["onnxruntime-node"],
  banner: {
    // With the worker's hash in it, another worker makes another build: a daemon of the former one is then told from it.
    js: `/* torch-worker ${workerHash()} */ import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`,
  },
};

/** The editor's side: VS Code loads CommonJS. */
const extension = {
  ...common,
  entryPoints: existsSync("extension/main.ts") ? { extension: "extension/main.ts" } : {},
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  // Read at each start of a window: without comments and indentation it is half as long. Names stay, for stacks in logs.
  minifySyntax: true,
  minifyWhitespace: true,
};

/** A panel's script and style, each in one file: its content security policy allows no other. */
const panels = {
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
};

/** Tells VS Code's task when the first of the three builds begins, and when the last one ends (`.vscode/tasks.json`). */
let underWay = 0;
const announce = {
  name: "announce",
  setup: ({ onStart, onEnd }) => {
    onStart(() => {
      if (underWay++ === 0) console.log("build begins");
    });
    onEnd(() => {
      if (--underWay === 0) console.log("build ends");
    });
  },
};

shareRuntime();
shareWorker();
share("daemon/engine/classifier/export.py", "dist/export-reward-model.py");
for (const options of [programs, extension, panels]) {
  if (process.argv.includes("--watch")) await (await context({ ...options, plugins: [announce] })).watch();
  else await build(options);
}

/**
 * Puts the runtime, for this platform alone, beside the programs that load it: an installed extension has no other node_modules
 * (vsce packs none), and a daemon's copy of the program is made from here.
 */
function shareRuntime() {
  const platform = `bin/napi-v6/${process.platform}/${process.arch}/`;
  for (const [name, isNeeded] of [
    ["onnxruntime-common", (file) => /^dist\/cjs\/.*\.(js|json)$/.test(file)],
    ["onnxruntime-node", (file) => /^dist\/.*\.js$/.test(file) || file.startsWith(platform)],
  ]) {
    const from = join("node_modules", name);
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      const source = join(entry.parentPath, entry.name);
      const file = source.slice(from.length + 1).replaceAll("\\", "/");
      if (entry.isFile() && (file === "package.json" || isNeeded(file))) share(source, join("dist", source));
    }
  }
}

/** Puts the torch engine's worker beside the programs, and takes away what it has no more. */
function shareWorker() {
  for (const file of worker.files) share(join(worker.from, file), join(worker.to, file));
  for (const file of readdirSync(worker.to)) {
    if (!worker.files.includes(file)) rmSync(join(worker.to, file), { recursive: true });
  }
}

function workerHash() {
  const hash = createHash("sha256");
  for (const file of worker.files) hash.update(file).update(readFileSync(join(worker.from, file)));
  return hash.digest("hex").slice(0, 16);
}

/** Links a file to a second place; copies it where the disk has no links. */
function share(source, target) {
  if (existsSync(target)) {
    if (statSync(target).ino === statSync(source).ino) return;
    rmSync(target);
  }
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
