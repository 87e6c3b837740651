import { createContext, Script } from "node:vm";

/** One search may take this long, milliseconds of work: a model's text can make a careless pattern run for years. */
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
      // On a busy machine the time may pass without the search, and what an answer is worth must not depend on that.
      for (let timeout = limitMs; ; timeout *= 2) {
        const before = process.cpuUsage();
        try {
          return search.runInContext(context, { timeout }) as boolean;
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
          if (hasWorked(limitMs / 2, before)) throw new SlowPattern(source);
        }
      }
    },
  };
}

/** Whether this process has had so many milliseconds of processor time since then. */
function hasWorked(ms: number, since: NodeJS.CpuUsage): boolean {
  const { user, system } = process.cpuUsage(since);
  return user + system >= 1000 * ms;
}
