import { createInterface } from "node:readline";
import type { Keyboard } from "../keyboard.ts";
import { Queue } from "../queue.ts";
import type { Screen } from "../watch/watcher.ts";

/** Lines that a person types, or a pipe brings. */
export interface Lines {
  /** The next line; undefined at the end, and from then on not to be called again. */
  next(prompt: string): Promise<string | undefined>;
  close(): void;
}

/**
 * Reads lines, with editing and history on a terminal. Lines that come early wait.
 * @param onInterrupt Ctrl+C on a terminal
 */
export function readLines(keyboard: Keyboard, screen: Screen, onInterrupt: () => void): Lines {
  const isTerminal = keyboard.isTTY === true;
  const reader = createInterface({ input: keyboard, ...(isTerminal && { output: screen, terminal: true }) });
  const lines = new Queue<string | undefined>();
  let isClosed = false;
  reader.on("line", (line) => lines.put(line));
  reader.on("close", () => {
    isClosed = true;
    lines.put(undefined);
  });
  reader.on("SIGINT", onInterrupt);
  return {
    next(prompt) {
      if (isTerminal && !isClosed) {
        reader.setPrompt(prompt);
        reader.prompt();
      }
      return lines.next();
    },
    close: () => reader.close(),
  };
}
