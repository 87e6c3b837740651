import { type Discovery, isAnnounced } from "../wire/discovery.ts";

/** How often is looked, milliseconds. */
const lookEveryMs = 5_000;
/** With nobody to serve and nothing to train it ends after this time, milliseconds. */
const idleMs = 30 * 60_000;

export interface EndingOptions {
  readonly home: string;
  readonly discovery: Discovery;
  /** Whether there is a client or an active run. */
  readonly isBusy: () => boolean;
  readonly idleMs?: number;
  readonly lookEveryMs?: number;
}

/**
 * Waits until a daemon that nobody sees has no reason to go on: it is idle for half an hour, or its home was deleted or given
 * to another daemon.
 * @returns the reason, and what ends the waiting
 */
export function endOfBackground(options: EndingOptions): { readonly reason: Promise<string>; cancel(): void } {
  const { home, discovery, isBusy } = options;
  const idleLimit = options.idleMs ?? idleMs;
  let busyAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const reason = new Promise<string>((resolve) => {
    const look = async (): Promise<void> => {
      if (isBusy()) busyAt = performance.now();
      if (performance.now() - busyAt >= idleLimit) resolve("nobody needed it");
      // A disk that does not answer is no reason to end.
      else if (!(await isAnnounced(home, discovery).catch(() => true)))
        resolve("its home was deleted, or has another daemon");
    };
    timer = setInterval(look, options.lookEveryMs ?? lookEveryMs);
  });
  return { reason, cancel: () => clearInterval(timer) };
}
