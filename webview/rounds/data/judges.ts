import { textSetting } from "../header/facts.ts";
import type { RunDetails } from "./records.ts";

/** Who scores in a run. */
export interface JudgeNames {
  readonly reward: string;
  /** Undefined where there is no self-reward. */
  readonly selfReward: string | undefined;
}

/** As the run recorded them; of a run that did not, as its config calls them. */
export function judgeNames({ record, config, overview }: RunDetails): JudgeNames {
  if (record?.judges) return { reward: record.judges.reward.name, selfReward: record.judges.selfReward?.name };
  return {
    reward: textSetting(config, "judge.reward.kind") ?? "the judge",
    selfReward:
      overview.algorithm === "lsp" ? (textSetting(config, "judge.self_reward.kind") ?? "the judge") : undefined,
  };
}
