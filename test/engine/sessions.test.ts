import assert from "node:assert/strict";
import { test } from "node:test";
import { Graph } from "../../daemon/engine/onnx/graph/graph.ts";
import { add } from "../../daemon/engine/onnx/graph/ops.ts";
import type { Program } from "../../daemon/engine/onnx/llama/programs.ts";
import { float32, floats, SessionCache } from "../../daemon/engine/onnx/runtime/sessions.ts";

function addition(constant: number): Program {
  const graph = new Graph();
  graph.output("y", add(graph.input("x", "float32", [1]), graph.scalar(constant)));
  return { bytes: graph.encode(), weights: [] };
}

test("programs are kept, and the ones not used for longest are dropped and built again when asked for", async () => {
  const cache = new SessionCache(1);
  let builds = 0;
  const result = async (constant: number): Promise<number> => {
    const program = await cache.get(String(constant), () => {
      builds++;
      return addition(constant);
    });
    return floats(await program.run({ x: float32(Float32Array.of(1), [1]) }, new Map()), "y")[0];
  };
  for (let round = 0; round < 2; round++) {
    for (let constant = 0; constant < 10; constant++) assert.equal(await result(constant), constant + 1);
  }
  assert.equal(builds, 10);
  for (let constant = 0; constant < 200; constant++) {
    assert.equal(await result(constant), constant + 1);
    assert.equal(await result(0), 1);
  }
  assert.equal(builds, 200, "0 was always in use and never dropped");
  assert.equal(await result(100), 101);
  assert.equal(builds, 201, "100 was dropped");
});
