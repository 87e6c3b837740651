import type { Problem, ResultOf } from "../../daemon/protocol.ts";
import { plain } from "../shared/numbers.ts";

type Query = ResultOf<"sparring/round/get">["queries"][number];

/** What the judges gave an answer, with what a verifier expects. */
export type Judgement = Pick<Query, "expected"> &
  Pick<
    Query["answers"][number],
    "reward" | "selfReward" | "criteria" | "probabilities" | "rationale" | "rewardRationale" | "parts" | "unscored"
  >;

/** An answer of the run. */
export interface AnswerPlace {
  readonly round: number;
  readonly query: number;
  readonly answer: number;
}

/** How one answer was judged, from a page of its round; null where the page does not have it. */
export function judgementOf(queries: readonly Query[], place: AnswerPlace): Judgement | null {
  const query = queries.find(({ index }) => index === place.query);
  const answer = query?.answers[place.answer];
  if (!query || !answer) return null;
  const { reward, selfReward, criteria, probabilities, rationale, rewardRationale, parts, unscored } = answer;
  const { expected } = query;
  return { expected, reward, selfReward, criteria, probabilities, rationale, rewardRationale, parts, unscored };
}

const gone: ReadonlySet<string> = new Set(["store/unknown-run", "store/no-samples", "run/no-such-round"]);

/** Whether a round can't be read because it is not there any more. Samples that are damaged are: their error says where. */
export function isGone({ code }: Problem): boolean {
  return gone.has(code);
}

/** What each judge of an ensemble gave, and how much it weighs: "exact-match 1 (weight 2), length 31 (weight 1, scale 0.01)". */
export function partsText(parts: NonNullable<Judgement["parts"]>): string {
  return parts
    .map(({ judge, value, weight, scale }) => {
      const given = value === null ? "unscored" : plain(value);
      return `${judge} ${given} (weight ${plain(weight)}${scale === 1 ? "" : `, scale ${plain(scale)}`})`;
    })
    .join(", ");
}
