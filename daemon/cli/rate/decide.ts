import { criterionNames } from "../../text/criteria.ts";
import { wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";
import { criteriaLines } from "./criteria.ts";

/** What a person says of an answer; a score of null skips it. */
export interface Verdict {
  readonly score: number | null;
  /** Of each of the seven criteria, in order. */
  readonly criteria?: readonly (0 | 1)[];
}

/** Where keys come from, and where hints go. */
export interface Desk {
  readonly nextKey: () => Promise<string>;
  readonly print: (lines: readonly string[]) => void;
  readonly canUndo: boolean;
  readonly style: Style;
}

/** How a person says it, key by key. */
export interface Way {
  /** The keys, and what is hidden until the end. */
  readonly help: string;
  /** Reads keys until they say something. */
  readonly decide: (desk: Desk) => Promise<"quit" | "undo" | Verdict>;
}

/** One key is the score. */
export const byScore: Way = {
  help: "Keys: 0–7 rate · s skip · u undo · ? the criteria · q quit. How the judge scored is shown at the end.",
  async decide(desk) {
    for (;;) {
      const key = await desk.nextKey();
      if (/^[0-7]$/.test(key)) return { score: Number(key) };
      const verb = commonVerb(key, desk, byScore.help);
      if (verb) return verb;
    }
  },
};

/** Seven keys are the criteria, one after another; their number is the score. */
export const byCriteria: Way = {
  help: "Keys: y or 1 met · n or 0 not met · s skip · u undo · ? the criteria · q quit. How the judge scored is shown at the end.",
  async decide(desk) {
    const { print, style } = desk;
    const met: (0 | 1)[] = [];
    while (met.length < criterionNames.length) {
      print(wrap(`${met.length + 1} ${criterionNames[met.length]}?`, style.columns).map(style.colours.dim));
      const key = await desk.nextKey();
      if (/^[y1]$/.test(key)) met.push(1);
      else if (/^[n0]$/.test(key)) met.push(0);
      else if (key === "u" && met.length > 0) met.pop();
      else {
        const verb = commonVerb(key, desk, byCriteria.help);
        if (verb) return verb;
      }
    }
    return { score: met.filter((each) => each === 1).length, criteria: met };
  },
};

/** Keys that mean the same in both; undefined after a hint. */
function commonVerb(key: string, desk: Desk, help: string): "quit" | "undo" | Verdict | undefined {
  const { print, canUndo, style } = desk;
  if (key === "q") return "quit";
  if (key === "s") return { score: null };
  if (key === "u" && canUndo) return "undo";
  if (key === "?") print([...criteriaLines(style), ""]);
  else print(wrap(key === "u" ? "There is nothing to take back." : help, style.columns));
  return undefined;
}
