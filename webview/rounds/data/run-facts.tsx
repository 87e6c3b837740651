import type { VNode } from "preact";
import type { Alarm } from "../../../daemon/protocol.ts";
import { plain } from "../../shared/numbers.ts";
import { watchedKinds } from "../alarms/alarm-charts.ts";
import { numberSetting, textSetting } from "../header/facts.ts";
import { type JudgeNames, judgeNames } from "./judges.ts";
import type { RunDetails } from "./records.ts";
import { type RewardRange, rewardRange } from "./reward-range.ts";

/** What the panel shows of a run and no round changes. */
export interface RunFacts {
  /** Whether R is a verifier's. */
  readonly verified: boolean;
  readonly judges: JudgeNames;
  readonly range: RewardRange;
  readonly rewardFormula: VNode;
  /** Kinds of alarms that can ring. */
  readonly watched: readonly Alarm["kind"][];
}

/** What a run's config and record say of it. */
export function runFactsOf(details: RunDetails): RunFacts {
  return {
    verified: textSetting(details.config, "judge.reward.kind") === "verifier",
    judges: judgeNames(details),
    range: rewardRange(details),
    rewardFormula: formulaOf(details),
    watched: watchedKinds(details),
  };
}

/** What the advantages are made of, as the legend says it. */
function formulaOf({ config, overview }: RunDetails): VNode {
  if (overview.algorithm === "grpo" && textSetting(config, "algorithm.normalization") !== "dr_grpo") {
    return <>A = (R − group mean) / standard deviation</>;
  }
  const scale = numberSetting(config, "judge.self_reward.scale") ?? 1;
  return overview.algorithm === "lsp" ? (
    <>
      A = r − group mean, r = R + {scale === 1 ? "" : `${plain(scale)} `}R<sub>Q</sub>
    </>
  ) : (
    <>A = R − group mean</>
  );
}
