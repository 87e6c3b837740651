import { figuresOf } from "../../judge/figures.ts";
import { type AskedRubric, rubricMetrics } from "../../judge/rubric/rubric-metrics.ts";
import type { Judgement, Pair } from "../../judge/scorer.ts";
import type { RoundScores } from "../../selfplay/algorithm.ts";
import type { Metrics } from "../../selfplay/metrics.ts";
import type { SelfPlayGame } from "../game.ts";
import type { DrawnAnswer, DrawnQuery, PhaseOptions } from "./players.ts";

/** Both judgements of an answer. */
export interface Judged {
  readonly reward: Judgement;
  /** Absent where the algorithm asks for no self-reward. */
  readonly selfReward?: Judgement;
}

/** Scores all answers: judgements [N][G] for the records, their values for the algorithm, and what the rubric tells of itself. */
export async function judge(
  game: SelfPlayGame,
  queries: readonly DrawnQuery[],
  answers: readonly (readonly DrawnAnswer[])[],
  options: PhaseOptions,
): Promise<{ judged: Judged[][]; scores: RoundScores; judgeMetrics: Metrics }> {
  const pairs = queries.flatMap(({ text, duplicate }, query) =>
    answers[query].map(({ text: answer, key, prompt, completion: { stop, tokens } }): Pair => {
      return { query: text, answer, stop, duplicate, key, sequence: { prompt, response: tokens } };
    }),
  );
  const rewards = await game.reward.score(pairs, options);
  const selfRewards = await game.selfReward?.score(pairs, options);
  const rubrics = game.rubrics.map((rubric): AskedRubric => {
    const judgements = rubric.is === "reward" ? rewards : selfRewards!;
    const { part } = rubric;
    return { ...rubric, judgements: part === undefined ? judgements : judgements.map(({ parts }) => parts![part]) };
  });
  const judgeMetrics = {
    ...(await rubricMetrics(rubrics, pairs, options)),
    ...figuresOf([game.reward, game.selfReward]),
  };

  let next = 0;
  const judged = answers.map((row) =>
    row.map((): Judged => {
      const at = next++;
      const selfReward = selfRewards?.[at];
      return selfReward ? { reward: rewards[at], selfReward } : { reward: rewards[at] };
    }),
  );
  const scores: RoundScores = {
    N: queries.length,
    G: game.config.game.answers,
    admitted_N: queries.map(({ admitted }) => admitted),
    heldOut_N: queries.map(({ heldOut }) => heldOut),
    reward_NG: judged.map((row) => row.map(({ reward }) => reward.value)),
    selfReward_NG: judged.map((row) => row.flatMap(({ selfReward }) => (selfReward ? [selfReward.value] : []))),
  };
  return { judged, scores, judgeMetrics };
}
