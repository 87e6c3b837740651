import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { trainProgram } from "../../daemon/engine/onnx/llama/programs.ts";
import { modelParameters, shapeOf } from "../../daemon/engine/onnx/llama/shape.ts";
import { float32, floats, int32, SessionCache } from "../../daemon/engine/onnx/runtime/sessions.ts";
import { readDecoderConfig } from "../../daemon/models/config.ts";
import { resolveModel } from "../../daemon/models/resolve.ts";
import { toFloat32 } from "../../daemon/models/safetensors.ts";
import { loadWeights } from "../../daemon/models/weights.ts";

/*
 * Forward and backward at the shapes of a real round on nano: 256 answers of up to 4 tokens behind 9-token prompts that
 * repeat within groups of 8, so that every row of the embedding's gradient is summed many times.
 */
test("50 runs with 2 threads and 50 with 1 give one hash", async () => {
  const { dir } = await resolveModel("builtin:nano", ".");
  const shape = shapeOf(await readDecoderConfig(dir));
  const weights = await loadWeights(dir);
  const tensors = new Map([...weights].map(([name, tensor]) => [name, float32(toFloat32(tensor), tensor.shape)]));
  const trainable = modelParameters(shape).map(({ name }) => name);
  const bucket = { batch: 256, length: 12, responses: 4 };
  const digit = (n: number): number => 7 + (n % 10);
  const feeds = {
    tokens: int32(
      Int32Array.from({ length: 256 * 12 }, (_, i) => digit(Math.floor(i / 12 / 8) * (i % 12))),
      [256 * 12],
    ),
    rows: int32(
      Int32Array.from({ length: 256 * 4 }, (_, i) => Math.floor(i / 4) * 12 + 8 + (i % 4)),
      [256 * 4],
    ),
    targets: int32(
      Int32Array.from({ length: 256 * 4 }, (_, i) => digit(i * 7)),
      [256 * 4],
    ),
    inverse_temperature: float32(Float32Array.of(1), []),
    coefficients: float32(
      Float32Array.from({ length: 256 * 4 }, (_, i) => Math.sin(i) / 256),
      [256 * 4],
    ),
  };
  const hashes = new Set<string>();
  for (const threads of [2, 1]) {
    const program = await new SessionCache(threads).get("train", () =>
      trainProgram({ shape, adapter: undefined }, bucket, trainable),
    );
    for (let run = 0; run < 50; run++) {
      const outputs = await program.run(feeds, tensors);
      const hash = createHash("sha256");
      for (const name of Object.keys(outputs).sort()) hash.update(new Uint8Array(floats(outputs, name).buffer));
      hashes.add(hash.digest("hex"));
    }
  }
  assert.equal(hashes.size, 1);
});
