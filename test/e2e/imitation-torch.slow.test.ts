/* Imitation on the torch engine, with a real Python worker on the CPU: resume and fork have the bits of a run left alone. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import { forkRun, type RunOptions, resumeRun, startRun } from "../../daemon/runs/run.ts";
import { Store } from "../../daemon/store/store.ts";
import { missing, python } from "../engine/torch/python.ts";

const text = `
model: { path: "builtin:nano" }
engine: { name: torch, device: cpu, threads: 1 }
game: { task: addition, rounds: 4 }
imitation: { data: "builtin:addition-pairs", records: 40, batch: 4, held_out: 4, iterations: 2 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 4, limit: 8 }
checkpoints: { every: 1, keep: 9 }
`;

describe("imitation on the torch engine", { skip: missing }, () => {
  let home = "";
  before(() => {
    home = mkdtempSync(join(tmpdir(), "sparring-imitation-torch-"));
  });
  after(() => rmSync(home, { recursive: true }));
  const options = (id: string, more: Partial<RunOptions> = {}): RunOptions => ({
    home,
    id,
    onEvent: () => {},
    ...more,
  });

  function weights(run: string): string[] {
    const dir = join(home, "runs", run, "checkpoints", "000004");
    const files = readdirSync(dir).filter((file) => /\.(safetensors|json)$/.test(file));
    return files.map((file) => `${file} ${readFileSync(join(dir, file)).toString("base64")}`);
  }

  for (const [name, adapter] of [
    ["spin", "adapter: { rank: 2 }"],
    ["spac", ""],
  ] as const) {
    test(`${name}, ${adapter ? "with LoRA" : "all weights"}: stopped where an iteration begins, and forked within it`, async () => {
      const { config } = parseConfig(`${text}algorithm: { name: ${name} }\n${adapter}`, {
        file: "torch.sparring.yaml",
        overrides: [`engine.python=${python}`],
      });
      await startRun(config, options(name));
      const answers = (await new Store(home).readSamples(name, 3)).flatMap((query) => query.answers);
      assert.ok(
        answers.every(({ D }) => Math.abs(D!) < 1e-4),
        "the second opponent is the policy itself",
      );
      const controller = new AbortController();
      await startRun(config, {
        ...options(`${name}-stopped`, { signal: controller.signal }),
        onEvent: (event) => {
          if (event.type === "progress" && event.round === 3 && event.phase === "reference") controller.abort();
        },
      });
      await resumeRun(options(`${name}-stopped`));
      assert.deepEqual(weights(`${name}-stopped`), weights(name));
      if (name === "spac") return;
      await forkRun(name, 3, [], options(`${name}-fork`));
      assert.deepEqual(weights(`${name}-fork`), weights(name));
    });
  }
});
