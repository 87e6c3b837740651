import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Role, roles, type SampleKey } from "../../../daemon/engine/engine.ts";
import { sampleUniform, streamNormal } from "../../../daemon/engine/random.ts";
import { missing, python } from "./python.ts";

const worker = fileURLToPath(new URL("../../../daemon/engine/torch/worker", import.meta.url));
const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(worker)})
import noise, numpy
asked = json.load(sys.stdin)
uniforms = noise.sample_uniforms(numpy.array(asked["keys"], float), numpy.array(asked["positions"]))
normals = [noise.adapter_normals(seed, start, 5).tolist() for seed, start in asked["streams"]]
print(json.dumps([uniforms.tolist(), normals]))
`;

test("the worker's noise is the daemon's, bit for bit", { skip: missing }, () => {
  const largest = Number.MAX_SAFE_INTEGER;
  const keys: SampleKey[] = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, largest].flatMap((seed, i) =>
    (Object.keys(roles) as Role[]).map((role) => {
      return {
        seed,
        round: [0, 1, 2 ** 28 - 1][i % 3]!,
        role,
        query: i * 1_000_003,
        answer: [0, 7, 2 ** 32 - 1][i % 3]!,
      };
    }),
  );
  const positions = [0, 1, 31, 32, 4095, 2 ** 31];
  const streams = [0, 5, 2 ** 33 + 1, largest].flatMap((seed) =>
    [0, 12_345, 2 ** 32 - 2].map((at) => [seed, at] as const),
  );
  const input = JSON.stringify({
    keys: keys.map(({ seed, round, role, query, answer }) => [seed, round, roles[role], query, answer]),
    positions,
    streams,
  });
  const { stdout, stderr } = spawnSync(python, ["-B", "-c", script], { input, encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  const [uniforms, normals] = JSON.parse(stdout) as [number[][], number[][]];
  assert.deepEqual(
    uniforms,
    keys.map((key) => positions.map((position) => sampleUniform(key, position))),
  );
  for (const [i, [seed, start]] of streams.entries()) {
    for (const [offset, normal] of normals[i]!.entries()) {
      // log and cos may differ in the last bit of a double, which a float32 weight rarely shows.
      assert.ok(
        Math.abs(normal - streamNormal(seed, "adapter", start + offset)) < 1e-14,
        `${seed} at ${start + offset}`,
      );
    }
  }
});
