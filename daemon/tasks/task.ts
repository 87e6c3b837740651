import { SparringError } from "../errors.ts";

/** Chat messages as the model's template renders them. Roles beyond the usual ones are the template's own. */
export interface Message {
  readonly role: "system" | "user" | "assistant" | "challenger";
  readonly content: string;
}

/** A Challenger's text that names a task of this family, or why it does not. */
export type ParsedQuery =
  | { readonly ok: true /** Canonical text, e.g. "47+38". */; readonly query: string }
  | {
      readonly ok: false;
      readonly reason: string;
      /** It has the family's form, and only a value in it is too large or too small. */
      readonly outOfRange?: true;
    };

/** What fills Box 1's prompt (`selfplay/prompts/challenger.ts`); where one is left out, the Challenger decides. */
export interface Box1 {
  /** Name or description of a task. */
  readonly task?: string;
  /** The form of a query, with what is to be filled in between curly braces. */
  readonly template?: string;
}

/** How the Challenger is asked for a query: by Box 1's prompt, or in the form that a model was trained on. */
export type Challenge = Box1 | { readonly messages: readonly Message[] };

/** Uniform numbers in [0, 1) that choose one of several tasks, and one of several templates. */
export interface Lots {
  readonly task: number;
  readonly template: number;
}

/** What every family of tasks can do. Pure: all randomness comes in as uniform numbers. */
interface Family {
  readonly name: string;
  /** What the Challenger is asked for. */
  challenge(lots: Lots): Challenge;
  /** Reads a Challenger's text, without the markers of Box 1's prompt. Does not know what else is in the round. */
  parse(text: string): ParsedQuery;
  solverPrompt(query: string): readonly Message[];
}

/** A family that the daemon can make, read and verify, so that a game needs no data and progress can be measured. */
export interface VerifiableFamily extends Family {
  readonly verifiable: true;
  /** The right answer's text. */
  expected(query: string): string;
  /** 1 for a right answer, else 0. */
  verify(query: string, answer: string): 0 | 1;
  /** Tasks set aside: never trained on, in pretraining or in play. */
  isHeldOut(query: string): boolean;
  heldOut(): readonly string[];
  /** One training task for a uniform number in [0, 1). */
  draw(uniform: number): string;
}

/** A family whose queries have no known right answer: nothing can be verified, drawn or held out. */
export interface OpenFamily extends Family {
  readonly verifiable: false;
}

export type TaskFamily = VerifiableFamily | OpenFamily;

/**
 * The family, as one whose answers can be verified.
 * @throws SparringError `task/not-verifiable`
 */
export function requireVerifiable(family: TaskFamily): VerifiableFamily {
  if (family.verifiable) return family;
  throw new SparringError(
    "task/not-verifiable",
    `nobody knows the right answers to "${family.name}" queries: there are no held-out tasks to measure on, and no verifier`,
    "Read its rounds, rate its answers by hand, or talk to its weights with `sparring chat`.",
  );
}
