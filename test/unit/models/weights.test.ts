import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { formatSafetensors, toFloat32 } from "../../../daemon/models/safetensors.ts";
import { loadWeights } from "../../../daemon/models/weights.ts";
import { folderOf } from "./folder.ts";

function shard(name: string, ...values: number[]): Uint8Array {
  return formatSafetensors(
    new Map([[name, { dtype: "F32", shape: [values.length], data: Float32Array.from(values) }]]),
  );
}

describe("a model's weights", () => {
  test("are read from one file", async (t) => {
    const dir = await folderOf(t, { "model.safetensors": shard("a", 1, 2) });
    const weights = await loadWeights(dir);
    assert.deepEqual(
      [...weights].map(([name, tensor]) => [name, [...toFloat32(tensor)]]),
      [["a", [1, 2]]],
    );
  });

  test("are read from the shards of an index", async (t) => {
    const dir = await folderOf(t, {
      "model-1.safetensors": shard("a", 1),
      "model-2.safetensors": shard("b", 2),
      "model.safetensors.index.json": {
        metadata: {},
        weight_map: { b: "model-2.safetensors", a: "model-1.safetensors" },
      },
    });
    const weights = await loadWeights(dir);
    assert.deepEqual(
      [...weights].map(([name, tensor]) => [name, [...toFloat32(tensor)]]),
      [
        ["b", [2]],
        ["a", [1]],
      ],
    );
  });

  const broken: [what: string, map: Record<string, string>, code: string, message: RegExp][] = [
    ["a shard that isn't there", { a: "model-3.safetensors" }, "model/missing-shard", /model-3\.safetensors/],
    ["a tensor that isn't in its shard", { z: "model-1.safetensors" }, "model/missing-tensor", /"z"/],
    ["a shard in another folder", { a: "../model-1.safetensors" }, "model/invalid-json", /weight_map\.a/],
  ];
  for (const [what, weight_map, code, message] of broken) {
    test(`whose index names ${what} are refused`, async (t) => {
      const dir = await folderOf(t, {
        "model-1.safetensors": shard("a", 1),
        "model.safetensors.index.json": { weight_map },
      });
      const place = join(dir, "model.safetensors.index.json");
      await assert.rejects(loadWeights(dir), { code, message, place });
    });
  }

  test("that are damaged name their file", async (t) => {
    const dir = await folderOf(t, { "model.safetensors": shard("a", 1).subarray(0, 40) });
    await assert.rejects(loadWeights(dir), {
      code: "model/corrupt-safetensors",
      place: join(dir, "model.safetensors"),
    });
  });
});
