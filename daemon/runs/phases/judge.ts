import type { Judgement, Pair } from "../../judge/scorer.ts";
import type { RoundScores } from "../../selfplay/algorithm.ts";
import type { Game } from "../game.ts";
import type { DrawnAnswer, DrawnQuery, PhaseOptions } from "./players.ts";

/** Both judgements of an answer. */
export interface Judged {
  readonly reward: Judgement;
  /** Absent where the algorithm asks for no self-reward. */
  readonly selfReward?: Judgement;
}

/** Scores all answers: judgements [N][G] for the records, and their values for the algorithm. */
export async function judge(
  game: Game,
  queries: readonly DrawnQuery[],
  answers: readonly (readonly DrawnAnswer[])[],
  options: PhaseOptions,
): Promise<{ judged: Judged[][]; scores: RoundScores }> {
  const pairs = queries.flatMap(({ text, duplicate }, query) =>
    answers[query].map(({ text: answer, key, prompt, completion: { stop, tokens } }): Pair => {
      return { query: text, answer, stop, duplicate, key, sequence: { prompt, response: tokens } };
    }),
  );
  const rewards = await game.reward.score(pairs, options);
  const selfRewards = await game.selfReward?.score(pairs, options);

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
  return { judged, scores };
}
