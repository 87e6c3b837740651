import type { ParamsOf } from "../../daemon/protocol.ts";
import { nameOf, type Side, type Sides } from "./sides.ts";

/** What prompts are taken from. */
export type Source = "heldOut" | "round" | "texts";

/** What a person has set up to be compared, as it stands in the form: texts where they type. */
export interface Setup {
  readonly sides: Sides;
  readonly source: Source;
  readonly heldOut: string;
  readonly round: string;
  /** Indexes of queries: "0-7, 12". */
  readonly queries: string;
  /** Prompts, with an empty line between two. */
  readonly texts: string;
  readonly seed: string;
  readonly temperature: string;
  readonly blind: boolean;
}

/** At most so many prompts in one comparison; the protocol's limit. */
export const mostPrompts = 64;

/** What the panel opens with. */
export function newSetup(first: Side, second: Side): Setup {
  return {
    sides: [first, second],
    source: "heldOut",
    heldOut: "16",
    round: "",
    queries: "0-7",
    texts: "",
    seed: "0",
    temperature: "1",
    blind: true,
  };
}

/** The request that a setup stands for, or the field that is wrong with a sentence about it. */
export type Request =
  | { readonly params: ParamsOf<"sparring/checkpoint/compare"> }
  | { readonly field: keyof Setup; readonly problem: string };

/** Reads the form. */
export function requestOf(setup: Setup): Request {
  const { sides, seed, temperature } = setup;
  if (nameOf(sides[0]) === nameOf(sides[1])) return { field: "sides", problem: "Both sides are the same weights." };
  const seedValue = wholeNumber(seed, 0, Number.MAX_SAFE_INTEGER);
  if (seedValue === undefined) return { field: "seed", problem: "The seed is a whole number from 0." };
  const heat = Number(temperature);
  if (temperature.trim() === "" || !(heat >= 0 && heat <= 10)) {
    return { field: "temperature", problem: "The temperature is a number from 0 to 10; 0 is greedy." };
  }
  const prompts = promptsOf(setup);
  if ("problem" in prompts) return prompts;
  return { params: { sides: [...sides], prompts, seed: seedValue, temperature: heat } };
}

type Prompts = ParamsOf<"sparring/checkpoint/compare">["prompts"];

function promptsOf(setup: Setup): Prompts | Extract<Request, { readonly problem: string }> {
  switch (setup.source) {
    case "heldOut": {
      const heldOut = wholeNumber(setup.heldOut, 1, mostPrompts);
      return heldOut === undefined
        ? { field: "heldOut", problem: `So many held-out tasks: 1 to ${mostPrompts}.` }
        : { heldOut };
    }
    case "round": {
      const round = wholeNumber(setup.round, 0, Number.MAX_SAFE_INTEGER);
      if (round === undefined) return { field: "round", problem: "A round's number is needed." };
      const queries = indexesOf(setup.queries);
      return queries === undefined
        ? { field: "queries", problem: `Queries are indexes as in "0-7, 12": at most ${mostPrompts}.` }
        : { round, queries };
    }
    case "texts": {
      const texts = textsOf(setup.texts);
      return texts.length < 1 || texts.length > mostPrompts
        ? { field: "texts", problem: `1 to ${mostPrompts} prompts, with an empty line between two.` }
        : { texts };
    }
  }
}

/** Prompts of a text: parts between empty lines. */
export function textsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Indexes as in "0-3, 7", each once; undefined where it is none such, or more than a comparison takes. */
export function indexesOf(text: string): number[] | undefined {
  const indexes = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^\s*(\d{1,6})\s*(?:[-–]\s*(\d{1,6}))?\s*$/.exec(part);
    if (!match) return undefined;
    const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (to < from || to - from >= mostPrompts) return undefined;
    for (let index = from; index <= to; index++) indexes.add(index);
  }
  return indexes.size <= mostPrompts ? [...indexes].sort((a, b) => a - b) : undefined;
}

function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text);
  return /^\s*\d+\s*$/.test(text) && value >= least && value <= most ? value : undefined;
}
