import assert from "node:assert/strict";
import { test } from "node:test";
import { telemetryText } from "../../../daemon/text/telemetry.ts";

test("what a run takes of its device is said as a person would", () => {
  const gibi = 2 ** 30;
  const gpu = { usedBytes: 61.4 * gibi, peakBytes: 70 * gibi, totalBytes: 140.6 * gibi };
  assert.equal(
    telemetryText("NVIDIA H200, 141 GiB, bfloat16", { ...gpu, utilisation: 0.968 }),
    "GPU 97 %, 61 of 141 GiB",
  );
  assert.equal(telemetryText("NVIDIA H200, 141 GiB, bfloat16", gpu), "GPU 61 of 141 GiB", "the driver does not tell");
  assert.equal(telemetryText("CPU, 2 threads, float32", { ...gpu, usedBytes: 1.24 * gibi }), "memory 1.2 GiB");
});
