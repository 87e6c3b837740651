/**
 * Names that users know from TRL, understood at the top level of a file and on the command line.
 * Alias → the key that it stands for.
 */
export const aliases: Readonly<Record<string, string>> = {
  model_name_or_path: "model.path",
  num_generations: "game.answers",
  max_completion_length: "solver.max_tokens",
  beta: "kl.beta",
  learning_rate: "optimizer.lr",
  save_steps: "checkpoints.every",
  save_total_limit: "checkpoints.keep",
};

/** Keys that users of other trainers try, which Sparring refuses for a reason: the key's last part → why, and what to do. */
export const refusals: Readonly<Record<string, { readonly why: string; readonly next: string }>> = {
  report_to: {
    why: "Sparring reports to nobody: every run writes its metrics to rounds.jsonl in its own folder",
    next: "Remove it.",
  },
  resume_from_checkpoint: {
    why: "a config describes a new run, and continuing an old one is a command",
    next: "Remove it and use `sparring resume <run>`, or `sparring fork <run>@<round>` to start from a checkpoint.",
  },
  top_p: {
    why: "leaving out unlikely tokens makes the gradient biased, since the policy that samples is not the one that is trained",
    next: "Remove it; lower the temperature instead.",
  },
  top_k: {
    why: "leaving out unlikely tokens makes the gradient biased, since the policy that samples is not the one that is trained",
    next: "Remove it; lower the temperature instead.",
  },
};
