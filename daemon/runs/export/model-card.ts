import { stringify } from "yaml";
import type { ExportFormat } from "../../engine/engine.ts";
import { version } from "../../version.ts";
import type { WeightSource } from "./source.ts";

/**
 * The README.md of an exported folder: what made these weights. The hub reads its head; the config is complete, so the run can
 * be played again from it.
 */
export function modelCard(source: WeightSource, format: ExportFormat): string {
  const { run, game, engine, model, words } = source;
  const { config, task } = game;
  const { name, device } = engine.capabilities;
  const head = {
    library_name: format === "hf" ? "transformers" : "peft",
    ...(model.pinned && { base_model: model.name }),
    tags: ["sparring", "self-play", config.algorithm.name],
  };
  const what =
    format === "hf"
      ? "All weights, an adapter merged in, in float32"
      : 'A LoRA adapter for PEFT, in float32; adapter_config.json names its base, which the run used in float32, too: load it with `dtype="float32"`';
  return `---
${stringify(head).trimEnd()}
---

# ${run.name}

Trained by self-play with Sparring ${version}: one language model plays the Challenger, who asks,
and the Solver, who answers.

| | |
|---|---|
| weights | ${words} of run \`${run.id}\` |
| written as | ${what} |
| base model | \`${model.pinned ?? config.model.path}\` |
| algorithm | ${config.algorithm.name} |
| task | ${task.name} |
| seed | ${run.lineage.seed} |
| run created | ${run.createdAt}, with Sparring ${run.versions.sparring ?? "of unknown version"} |
| exported by | engine ${name} on ${device} |

## Settings of the run

\`\`\`yaml
${stringify(run.config).trimEnd()}
\`\`\`
`;
}
