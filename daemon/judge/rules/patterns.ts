import { createContext, Script } from "node:vm";

/** One search may take this long, milliseconds: a model's text can make a careless pattern run for years. */
const limitMs = 50;

/** A search that took too long: nothing is known about the text. */
export class SlowPattern extends Error {
  constructor(pattern: string) {
    super(`the pattern ${pattern} takes more than ${limitMs} ms on this text`);
  }
}

/** A regular expression that gives up in time. */
export interface Pattern {
  /** Whether it is found in the text. @throws SlowPattern */
  test(text: string): boolean;
}

const search = new Script("expression.test(text)");

/**
 * Compiles a regular expression (JavaScript's, with the flag u) for texts that a model wrote. A search that backtracks without
 * end is cut off, where `RegExp` would block the whole daemon.
 * @throws SyntaxError where the source is none
 */
export function patternOf(source: string): Pattern {
  const expression = new RegExp(source, "u");
  const context = createContext({ expression, text: "" });
  return {
    test(text) {
      context.text = text;
      try {
        return search.runInContext(context, { timeout: limitMs }) as boolean;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new SlowPattern(source);
        throw error;
      }
    },
  };
}
