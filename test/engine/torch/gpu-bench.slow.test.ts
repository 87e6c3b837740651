import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { missing, python } from "./python.ts";

test("the GPU bench runs on a tiny shape on the CPU, so that it still runs when there is a GPU", {
  skip: missing,
}, () => {
  const script = new URL("../../bench/gpu/bench.py", import.meta.url).pathname;
  const args = ["-B", script, "--device", "cpu", "--shapes", "tiny", "--rounds", "1", "--switches", "--trl"];
  const { stdout, stderr } = spawnSync(python, args, { encoding: "utf8" });
  const last = stdout.trim().split("\n").at(-1)!;
  assert.match(last, /^\{/, stderr);
  const [{ ours, floor, switches }] = JSON.parse(last).results;
  assert.deepEqual(Object.keys(ours), ["grpo", "lsp"]);
  for (const phase of ["challenge", "sample", "judge", "reference", "gradient"]) {
    assert.ok(ours.lsp[phase] > floor[phase], `${phase}: ${ours.lsp[phase]} s, floor ${floor[phase]} s`);
  }
  assert.equal(Object.keys(switches).length, 5);
});
