import { judgeInBothOrders, placed } from "../../judge/pairwise/both-orders.ts";
import { type Duel, type DuelOptions, judgeDuels, type Outcome } from "../../judge/pairwise/duels.ts";
import { askOn } from "../../judge/rubric/ask.ts";
import { criterionLogits } from "../../judge/rubric/criterion-logits.ts";
import { selfReward } from "../../judge/rubric/self-reward.ts";
import { verifier } from "../../judge/rules/verifier.ts";
import type { Scorer } from "../../judge/scorer.ts";
import type { VerifiableFamily } from "../../tasks/task.ts";
import { comparerOf } from "../judging/comparers.ts";
import type { Player } from "../player.ts";

/** Room for a judge's reply: a justification of at most 100 words, as it is told, and its verdict [ours]. */
const replyTokens = 320;

/** The verifier, as accuracy is counted: an answer that was cut at the token limit is not right. */
export function verifierJudge(task: VerifiableFamily): Scorer {
  const { name, range, score } = verifier(task);
  return {
    name,
    range,
    score: async (pairs) => {
      const judgements = await score(pairs);
      return pairs.map(({ stop }, i) =>
        stop === "stop" ? judgements[i]! : { value: 0, rationale: "cut at the token limit" },
      );
    },
  };
}

/**
 * A language model as judge, in the mode of its run's rubric (`generate` where the run has none). `generate` draws its replies at
 * temperature 1 [ours]: its second look has other noise than its first. `criterion-logits` says the same twice.
 */
export function modelJudge({ engine, game: { tokenizer, rubrics }, policy }: Player): Scorer {
  if (isRead(rubrics)) return criterionLogits({ engine, tokenizer, policy });
  return selfReward(askOn({ engine, tokenizer, policy, temperature: 1, maxTokens: replyTokens }));
}

/** Whether the probabilities of a run's reference are read, where it is the rubric's judge. */
function isRead(rubrics: Player["game"]["rubrics"]): boolean {
  return rubrics.some(({ mode }) => mode === "criterion-logits");
}

/** Who judges the duels of an evaluation. */
export interface DuelJudge {
  /** In words. */
  readonly who: string;
  /** Whether it needs the device, on which training waits meanwhile. */
  readonly isOnDevice: boolean;
  judge(duels: readonly Duel[], options: DuelOptions): Promise<Outcome[]>;
}

/** The run's reference scores each answer by itself, each twice. */
export function pointwiseJudge(player: Player): DuelJudge {
  const scorer = modelJudge(player);
  return {
    who: "the reference",
    isOnDevice: true,
    judge: (duels, options) => judgeDuels([scorer, scorer], duels, options),
  };
}

/**
 * Which of two answers is better, in both orders: as the run's own `judge.pairwise` says where pairs are its reward; else by its reference,
 * read where its rubric is read and asked in words where not.
 */
export function pairwiseJudge({ engine, game }: Player): DuelJudge {
  const { reward, pairwise } = game.config.judge;
  const settings =
    reward.kind === "pairwise"
      ? pairwise
      : {
          by: "reference" as const,
          mode: isRead(game.rubrics) ? ("logits" as const) : ("generate" as const),
          temperature: 1,
          max_tokens: replyTokens,
        };
  const comparer = comparerOf(settings, { ...game, engine });
  return {
    who: settings.by === "endpoint" ? comparer.name : "the reference",
    isOnDevice: settings.by === "reference",
    judge: (duels, options) =>
      judgeInBothOrders(comparer, placed(duels, options), options.signal ? { signal: options.signal } : {}),
  };
}
