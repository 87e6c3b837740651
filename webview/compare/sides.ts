import type { ParamsOf, Pick } from "../../daemon/protocol.ts";

/** Weights of a run. */
export type Side = ParamsOf<"sparring/checkpoint/compare">["sides"][number];

/** The candidate first, what it is measured against second. */
export type Sides = readonly [Side, Side];

/** On which side of the screen something stands. */
export type Hand = "left" | "right";

/** What a person says about two answers that they see side by side. */
export type Verdict = Hand | "tie";

/** Names a side: two sides are the same weights when their names are. */
export function nameOf({ run, weights }: Side): string {
  return `${run} ${typeof weights === "object" ? weights.checkpoint : weights}`;
}

/** Whose weights they are, in words: with their runs where these differ. */
export function wordsOf(sides: Sides, weights: readonly string[]): string[] {
  const isOneRun = sides[0].run === sides[1].run;
  return isOneRun ? [...weights] : sides.map(({ run }, i) => `${run}, ${weights[i]}`);
}

/**
 * Whether the second side's answer stands on the left. While it is hidden whose answers they are, that is a coin for each
 * prompt, thrown by a hash: nothing tells who is left, and it is the same when the panel comes back. [ours]
 */
export function isSwapped(sides: Sides, prompt: string, index: number, blind: boolean): boolean {
  return blind && (hash(`${sides.map(nameOf).join(" ")} ${index} ${prompt}`) & 1) === 1;
}

/** FNV-1a over UTF-16 units, its bits mixed once more (as MurmurHash3 ends): 0 ≤ n < 2³². */
function hash(text: string): number {
  let n = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) n = Math.imul(n ^ text.charCodeAt(i), 0x01000193);
  n = Math.imul(n ^ (n >>> 16), 0x85ebca6b);
  n = Math.imul(n ^ (n >>> 13), 0xc2b2ae35);
  return (n ^ (n >>> 16)) >>> 0;
}

/** A verdict about left and right as a choice between first and second. */
export function choiceOf(verdict: Verdict, swapped: boolean): Pick["choice"] {
  if (verdict === "tie") return "tie";
  return (verdict === "left") !== swapped ? "first" : "second";
}

/** The other way round. */
export function verdictOf(choice: Pick["choice"], swapped: boolean): Verdict {
  if (choice === "tie") return "tie";
  return (choice === "first") !== swapped ? "left" : "right";
}
