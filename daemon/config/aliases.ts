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

/** Why a key is refused, and what to do. */
export interface Refusal {
  readonly why: string;
  readonly next: string;
}

/** Keys that users of other trainers try, which Sparring refuses for a reason, by the key's last part. */
export const refusals: Readonly<Record<string, Refusal>> = {
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

/** Sections that one could expect, refused with all that is in them. */
export const refusedSections: Readonly<Record<string, Refusal>> = {
  "judge.ensemble.pairwise": {
    why: "what an answer wins against others to its query says nothing about how good all of them are, and an ensemble adds up what its judges say about each answer by itself",
    next: "Remove it; set judge.reward.kind to pairwise to be rewarded by pairs alone, or give another judge of the ensemble a weight.",
  },
};
