import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks the process to end, and is a reason; the second one ends it at once. */
export function endingSignals(): { readonly reason: Promise<string>; release(): void } {
  let asked = false;
  let handler!: (signal: NodeJS.Signals) => void;
  const reason = new Promise<string>((resolve) => {
    handler = (signal) => {
      if (asked) process.exit(128 + constants.signals[signal]);
      asked = true;
      resolve(`it got ${signal}`);
    };
  });
  for (const signal of signals) process.on(signal, handler);
  return {
    reason,
    release: () => {
      for (const signal of signals) process.off(signal, handler);
    },
  };
}
