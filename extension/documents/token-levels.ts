/** How a token is coloured: by how unlikely it was, or by the advantage of its text. */
export type Colouring = "logprob" | "advantage";

/** Names of decorations, from weak to strong; each is a colour of the manifest. */
export const levels = {
  logprob: ["sparring.logprob1", "sparring.logprob2", "sparring.logprob3", "sparring.logprob4"],
  advantage: ["sparring.disadvantage2", "sparring.disadvantage1", "sparring.advantage1", "sparring.advantage2"],
} as const;
export type Level = (typeof levels)[Colouring][number];

/** Log-probabilities, nat, at which a colour grows stronger: the scale of the panels ends at −5, too. */
const steps = [-0.25, -1.25, -2.5, -5] as const;

/** Advantages beyond this are strong. [ours] */
const strong = 0.5;

/** The colour of a token by its log-probability, nat; undefined for one that was all but certain. */
export function logprobLevel(logprob: number): Level | undefined {
  const reached = steps.filter((step) => logprob <= step).length;
  return reached === 0 ? undefined : levels.logprob[reached - 1];
}

/** The colour of a text's tokens by its advantage; undefined for none. */
export function advantageLevel(advantage: number): Level | undefined {
  if (advantage === 0) return undefined;
  if (advantage < 0) return advantage <= -strong ? levels.advantage[0] : levels.advantage[1];
  return advantage >= strong ? levels.advantage[3] : levels.advantage[2];
}

/** What the status bar says while tokens are coloured. */
export const legends: Readonly<Record<Colouring, string>> = {
  logprob: "Tokens: the stronger, the less likely (−0.25, −1.25, −2.5, −5 nat)",
  advantage: "Tokens: blue for a positive advantage, red for a negative one (strong from ±0.5)",
};
