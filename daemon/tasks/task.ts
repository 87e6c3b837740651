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

/**
 * A family of tasks that the daemon can make, read and verify, so that a game needs no data.
 * Pure: all randomness comes in as a uniform number.
 */
export interface TaskFamily {
  readonly name: string;
  /** What the Challenger is asked to write (Box 1's task and template, in the form this model understands). */
  challengerPrompt(): readonly Message[];
  /** Reads a Challenger's text. Does not know what else is in the round. */
  parse(text: string): ParsedQuery;
  solverPrompt(query: string): readonly Message[];
  /** The right answer's text. */
  expected(query: string): string;
  /** 1 for an exact match, else 0. */
  verify(query: string, answer: string): 0 | 1;
  /** Tasks set aside: never trained on, in pretraining or in play. */
  isHeldOut(query: string): boolean;
  heldOut(): readonly string[];
  /** One training task for a uniform number in [0, 1). */
  draw(uniform: number): string;
}
