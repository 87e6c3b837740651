import assert from "node:assert/strict";
import { test } from "node:test";
import { AdamW } from "../../daemon/engine/onnx/worker/adamw.ts";

/*
 * Expected values from PyTorch 2.13:
 *   w = torch.nn.Parameter(torch.tensor([[0.5, -0.25], [1.0, 2.0]])); n = torch.nn.Parameter(torch.tensor([1.0, 0.5]))
 *   opt = torch.optim.AdamW([{"params": [w], "weight_decay": 0.1}, {"params": [n], "weight_decay": 0.0}], lr=0.01,
 *                           betas=(0.9, 0.99), eps=1e-8)
 *   for step in (1, 2, 3): w.grad, n.grad = sin(step * (1..4)), sin(step * (5, 6)); clip_grad_norm_([w, n], 1.5); opt.step()
 */
const parameters = [
  { name: "w", shape: [2, 2] },
  { name: "n", shape: [2] },
];
const adam = { lr: 0.01, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0.1, maxGradNorm: 1.5 };

test("three steps as PyTorch's AdamW takes them, with weight decay on matrices only and clipping", () => {
  const weights = Float32Array.of(0.5, -0.25, 1, 2, 1, 0.5);
  const optimizer = new AdamW(parameters, weights.length);
  const norms: number[] = [];
  for (const step of [1, 2, 3]) {
    const gradient = Float32Array.from([1, 2, 3, 4, 5, 6], (i) => Math.sin(step * i));
    norms.push(optimizer.apply(weights, gradient, adam).gradNorm);
  }
  const expected = [0.4699868, -0.2580798, 0.9868973, 2.0036397, 1.0219389, 0.5291499];
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(weights[i] - value) < 2e-6, `${i}: ${weights[i]}`);
  for (const [i, norm] of [1.76781, 1.74366, 1.24201].entries()) assert.ok(Math.abs(norms[i] - norm) < 1e-4);
});

test("a gradient that is not finite changes nothing", () => {
  const weights = Float32Array.of(0.5, -0.25, 1, 2, 1, 0.5);
  const optimizer = new AdamW(parameters, weights.length);
  const gradient = Float32Array.of(1, 1, Number.POSITIVE_INFINITY, 1, 1, 1);
  assert.throws(() => optimizer.apply(weights, gradient, adam), RangeError);
  assert.deepEqual([...weights], [0.5, -0.25, 1, 2, 1, 0.5]);
  assert.equal(optimizer.step, 0);
});
