import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OnnxEngine } from "../../engine/onnx/onnx-engine.ts";
import { resolveModel } from "../../models/resolve.ts";
import { ChatTokenizer } from "../../models/tokenizer.ts";

const adam = { lr: 1e-4, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 };

/**
 * Everything that training asks of the embedded engine, once: nano answers a query, learns from its answer, and its weights
 * are written to a temporary folder. The engine's process ends with it.
 * @returns the device
 */
export async function tryEngine(): Promise<string> {
  const { dir } = await resolveModel("builtin:nano", ".");
  const tokenizer = await ChatTokenizer.load(dir);
  const folder = await mkdtemp(join(tmpdir(), "sparring-doctor-"));
  const engine = new OnnxEngine();
  try {
    await engine.open({ dir });
    const prompt = tokenizer.renderPrompt([{ role: "user", content: "1+1" }]);
    const key = { seed: 1, round: 1, role: "interactive", query: 0, answer: 0 } as const;
    const options = { policy: "current", temperature: 1, maxTokens: 4, stopTokens: tokenizer.stopTokens } as const;
    const [completion] = await engine.sample([{ prompt, key }], options);
    const response = completion!.tokens;
    const coefficients = new Float32Array(response.length).fill(-1);
    await engine.update([{ prompt, response }], [coefficients], { temperature: 1 });
    await engine.step(adam);
    await engine.save(folder);
    return engine.capabilities.device;
  } finally {
    await engine.close();
    await rm(folder, { recursive: true });
  }
}
