/* A process that trains a small run on nano: `trainer.ts <home> start|resume|fork <rounds> [fork round]`. For kill.ts and fork tests. */
import { parseConfig } from "../../daemon/config/load.ts";
import { forkRun, type RunOptions, resumeRun, startRun } from "../../daemon/runs/run.ts";

const [home, verb, rounds, forkRound] = process.argv.slice(2);

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: ${rounds} }
algorithm: { name: lsp, alpha_challenger: 0.25 }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3, warmup_rounds: 3, weight_decay: 0.01 }
eval: { every: 4, limit: 16 }
checkpoints: { every: 3, keep: 2 }
`;

const options: RunOptions = {
  home: home!,
  id: verb === "fork" ? "fork" : "victim",
  onEvent: () => {},
};
if (verb === "start") await startRun(parseConfig(text, { file: "victim.sparring.yaml" }).config, options);
else if (verb === "resume") await resumeRun("victim", options);
else await forkRun("victim", Number(forkRound), [], options);
