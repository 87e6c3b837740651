import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { workerFolder } from "../../../daemon/engine/torch/worker-folder.ts";
import { missing, python } from "./python.ts";

const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(workerFolder())})
import torch, noise
from lora import round_stochastically

weights = torch.randn(64, 64, generator=torch.Generator().manual_seed(1)).bfloat16()
update = 1e-4 * weights.float().abs() * torch.randn(64, 64, generator=torch.Generator().manual_seed(2))
exact = weights.float() + update
rounded = lambda step: round_stochastically(exact, torch.Generator().manual_seed(noise.rounding_seed(5, step, 3)))
steps = [rounded(step).float() for step in range(2000)]
mean = torch.stack(steps).double().mean(0).float()
share = lambda found: float(((found - weights.float()) * update).sum() / (update * update).sum())
spacing = torch.maximum(torch.tensor(2.0).pow(weights.float().abs().log2().floor() - 7), torch.tensor(1e-30))
print(json.dumps({
    "nearest": share(exact.bfloat16().float()),
    "mean": share(mean),
    "one": share(steps[0]),
    "farthest": float(((steps[0] - exact).abs() / spacing).max()),
    "again": bool((rounded(0) == rounded(0)).all()),
    "unlike": int((rounded(0) != rounded(1)).sum()),
    "kept": bool((round_stochastically(weights.float(), torch.Generator().manual_seed(1)) == weights).all()),
    "seeds": len({noise.rounding_seed(seed, step, tensor) for seed in (0, 1, 2**40) for step in range(20) for tensor in range(20)}),
}))
`;

test("stochastic rounding to bfloat16 keeps on average an update that rounding to nearest loses", {
  skip: missing,
}, () => {
  const { stdout, stderr } = spawnSync(python, ["-B", "-c", script], { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  const found = JSON.parse(stdout) as Record<string, number>;
  // Shares of the update that the rounded weights contain; updates are some 2 % of the spacing.
  assert.ok(Math.abs(found.nearest!) < 0.02, `${found.nearest}`);
  assert.ok(Math.abs(found.mean! - 1) < 0.1, `${found.mean}`);
  assert.ok(found.farthest! <= 1, "to one of the two neighbours");
  assert.deepEqual([found.again, found.kept, found.seeds], [true, true, 1200]);
  assert.ok(found.unlike! > 0);
});
