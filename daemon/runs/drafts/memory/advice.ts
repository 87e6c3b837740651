/** A change of the config, and what the run would then need. */
export interface Change {
  /** What to do, as the beginning of a sentence, e.g. `Set engine.micro_batch_tokens to 512`. */
  readonly change: string;
  readonly bytes: number;
}

/**
 * Which setting to change first where a run does not fit: the first that is enough alone, else the one that saves most.
 * @param changes those that change least of what is learned come first
 * @returns a sentence
 */
export function adviceOf(bytes: number, free: number, changes: readonly Change[]): string {
  const lacking = `It does not fit: ${gigabytes(bytes)} are needed and ${gigabytes(free)} are free.`;
  const enough = changes.find((each) => each.bytes <= free);
  if (enough) return `${lacking} ${enough.change}: then it needs ${gigabytes(enough.bytes)}.`;
  const [most] = changes.filter((each) => each.bytes < bytes).toSorted((a, b) => a.bytes - b.bytes);
  const smaller = "Take a smaller model, or end what else uses the memory.";
  return most
    ? `${lacking} ${most.change}: then it needs ${gigabytes(most.bytes)}. ${smaller}`
    : `${lacking} ${smaller}`;
}

/** As people read sizes: "1.4 GB". */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
