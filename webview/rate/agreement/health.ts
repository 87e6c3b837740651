import { percent } from "../../shared/numbers.ts";
import type { Agreement } from "./result.ts";

/** What a metric of the judges' health counts, in words; the share follows. */
const words: Readonly<Record<string, string>> = {
  "judge/frac_unscored_reward": "no reward",
  "judge/frac_unscored_self_reward": "no self-reward",
  "judge/rubric/frac_cut": "reasoning cut off",
  "judge/rubric/frac_no_verdict": "no score in the reply",
  "judge/rubric/frac_sum_differs": "points don't add up to the score",
};

/** A kind of flawed judgement, and how often it happens. */
export interface Flaw {
  readonly metric: string;
  readonly name: string;
  /** Share of all judgements, e.g. "3.1 %". */
  readonly share: string;
}

/** The shares of flawed judgements, as means over rounds; what nothing measured is not among them. */
export function flawsOf(health: Agreement["health"]): Flaw[] {
  return health.map(({ metric, share }) => ({ metric, name: words[metric] ?? metric, share: percent(share, 1) }));
}
