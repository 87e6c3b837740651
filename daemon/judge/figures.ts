import type { Scorer } from "./scorer.ts";

/**
 * What scoring took the judges of a round since they were last asked, as metrics. What two of them share, e.g. a server, is added up:
 * whichever is asked first has all of it.
 */
export function figuresOf(scorers: readonly (Scorer | undefined)[]): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const scorer of scorers) {
    for (const [name, value] of Object.entries(scorer?.figures?.() ?? {})) {
      figures[name] = (figures[name] ?? 0) + value;
    }
  }
  return figures;
}
