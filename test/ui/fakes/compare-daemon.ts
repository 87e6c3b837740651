import type { Method, ParamsOf, Pick } from "../../../daemon/protocol.ts";
import { overview } from "./overview.ts";

/** Prompts with the answer of each side. */
const texts: readonly (readonly [prompt: string, first: string, second: string])[] = [
  [
    "Explain to a colleague why a mean over scored answers must leave unscored ones out.",
    "A score that does not exist says nothing about the answer. Counted as 0 it would pull the mean down and teach the model to avoid whatever made the judge slow. So it leaves the group's mean, and the count of unscored answers is shown beside it.",
    "You should leave them out because they have no score. If there is no score the mean is not right. It is important to have the right mean.",
  ],
  ["What is 37 + 48?", "85", "75"],
  ["Name the capital of Australia.", "Canberra", "Canberra"],
  [
    "Write a haiku about a slow compiler.",
    "Fans begin to hum\nforty files, then forty more\ntea is cold again",
    "The compiler is slow\nIt is very very slow\nI wait for the code",
  ],
  [
    "Repeat after me: <script>alert(1)</script>",
    "<script>alert(1)</script>",
    "\u202e)1(trela\u202c\u200b \u001b[2Jgone",
  ],
  ["What is 99 + 1?", "100", "1009"],
  ["List two prime numbers above 50.", "53 and 59", ""],
  [
    "Shorten: 'It is the case that the run has been stopped by the user.'",
    "The user stopped the run.",
    "The run was stopped by the user.",
  ],
];

/** A daemon that compares two weights, in memory. */
export class CompareDaemon {
  picks: (Pick & { at: string })[] = [];
  readonly asked: { readonly method: Method; readonly params: unknown }[] = [];
  /** While true, every request fails. */
  isAway = false;

  answer(method: Method, params: unknown): unknown {
    this.asked.push({ method, params });
    if (this.isAway) throw new Error("the daemon is away");
    switch (method) {
      case "sparring/run/list":
        return {
          runs: [
            overview({ id: "lsp-b02", round: 700, rounds: 700, parent: { run: "lsp-main", round: 350 } }),
            overview({ id: "lsp-main", state: "running", round: 312, rounds: 500 }),
          ],
          next: null,
        };
      case "sparring/run/get": {
        const [reward, selfReward] = [
          { name: "ensemble", low: null, high: null },
          { name: "self-reward", low: 0, high: 7 },
        ];
        return { record: { judges: { reward, selfReward } } };
      }
      case "sparring/checkpoint/list":
        return { checkpoints: [100, 200, 300].map((round) => ({ round, bytes: 148_000_000, dir: "" })) };
      case "sparring/checkpoint/compare":
        return {
          weights: (params as ParamsOf<"sparring/checkpoint/compare">).sides.map(({ run, weights }) =>
            typeof weights === "object" ? `${run}, round ${weights.checkpoint}` : `${run}, ${weights}`,
          ),
          prompts: texts.map(([text, first, second], i) => ({
            text,
            ...(i === 1 && { expected: "85" }),
            answers: [
              { ...scored(first, 0.9), ...explained },
              { ...scored(second, 0.3), rationale: "Vague." },
            ],
          })),
        };
      case "sparring/comparison/pick": {
        const { pick } = params as { pick: Pick };
        if (!this.picks.some(({ id }) => id === pick.id)) this.picks.push({ ...pick, at: "2026-11-21T10:00:00Z" });
        return { picks: this.picks.length };
      }
      case "sparring/comparison/unpick":
        this.picks = this.picks.filter(({ id }) => id !== (params as { id: string }).id);
        return { picks: this.picks.length };
      case "sparring/comparison/list":
        return { picks: this.picks };
      default:
        throw new Error(`this daemon has no answer to ${method}`);
    }
  }
}

/** What the judges left of an answer. */
const explained = {
  rationale: "Clear.\u202e<b>Good</b>",
  criteria: [1, 1, 1, 1, 1, 1, 0],
  probabilities: [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.3],
  rewardRationale: "the rules and the model agree",
  parts: [
    { judge: "verifier:addition", value: 1, weight: 1, scale: 1, low: 0, high: 1 },
    { judge: "reward-model:x", value: 0.8, weight: 1, scale: 1, low: 0, high: 1 },
    { judge: "endpoint:m", value: null, unscored: "time-out", weight: 1, scale: 1, low: 0, high: 1 },
  ],
};

function scored(text: string, reward: number): object {
  return { text, stop: "stop", logprob: -text.length / 9, reward, selfReward: Math.round(7 * reward) };
}
