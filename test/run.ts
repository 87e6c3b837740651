/**
 * Builds the bundles, then runs one tier of the tests with Node's own runner: `tsx test/run.ts fast|ci|all [path filter …]`.
 * fast: *.test.ts without a tier in the name · ci: also *.slow.test.ts · all: also *.long.test.ts
 */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const tiers: Record<string, RegExp> = {
  fast: /^[^.]+\.test\.ts$/,
  ci: /^[^.]+(\.slow)?\.test\.ts$/,
  all: /^[^.]+(\.slow|\.long)?\.test\.ts$/,
};

const [tier = "fast", ...filters] = process.argv.slice(2);
const pattern = tiers[tier];
if (!pattern) {
  console.error(`unknown tier "${tier}": fast, ci or all`);
  process.exit(2);
}
const files = readdirSync("test", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && pattern.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .sort();
if (files.length === 0) {
  console.error(`no test file matches ${filters.join(" ")}`);
  process.exit(2);
}
// Tests start real programs: the bundles, because they start faster than sources through tsx.
const build = spawnSync(process.execPath, ["build.mjs"], { stdio: "inherit" });
if (build.status !== 0) process.exit(1);
const reporter = process.stdout.isTTY ? "spec" : "./test/reporter.mjs";
// What hangs fails, and says so, before CI's own limit ends everything without a word.
const options = ["--import", "tsx", "--test", "--test-concurrency=2", "--test-timeout=600000"];
const child = spawn(process.execPath, [...options, `--test-reporter=${reporter}`, ...files], {
  stdio: "inherit",
  env: { ...process.env, SPARRING_ONNX_WORKER: resolve("dist/onnx-worker.js") },
});
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
