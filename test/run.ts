/**
 * Runs one tier of the tests with Node's own runner: `tsx test/run.ts fast|ci|all [path filter …]`.
 * fast: *.test.ts without a tier in the name · ci: also *.slow.test.ts · all: also *.long.test.ts
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

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
const child = spawn(process.execPath, ["--import", "tsx", "--test", "--test-concurrency=2", ...files], {
  stdio: "inherit",
});
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
