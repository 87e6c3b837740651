import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TorchEngine } from "../../../daemon/engine/torch/torch-engine.ts";
import { tinyQwen3, writeTinyModel } from "../tiny-model.ts";
import { plain } from "./plain.ts";
import { lora, type Played, play, requireSame } from "./playing.ts";
import { missing, python } from "./python.ts";

/* Compiled layers against plain ones, on the CPU: it needs a C++ compiler, and most of a minute of compiling. */

for (const [kind, adapter] of [
  ["LoRA", lora],
  ["full training", undefined],
] as const) {
  for (const fast of [{}, { sharedPrompts: false, mergedAdapter: false }, { checkpointing: "on" }] as const) {
    test(`${kind}, compiled, ${JSON.stringify(fast)}: as the plain path`, { skip: missing }, async (context) => {
      const folder = mkdtempSync(join(tmpdir(), "sparring-compiled-"));
      const played = async (options: object): Promise<Played> => {
        const engine = new TorchEngine({ python, device: "cpu", threads: 2, microBatchTokens: 200, fast: options });
        try {
          await engine.open({ dir: join(folder, "model") }, adapter && { adapter });
          return await play(engine);
        } finally {
          await engine.close();
        }
      };
      try {
        await writeTinyModel(join(folder, "model"), { ...tinyQwen3, maxPositions: 256 });
        requireSame(await played({ ...fast, compile: true }), await played(plain), "compiled", (line) =>
          context.diagnostic(line),
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
}
