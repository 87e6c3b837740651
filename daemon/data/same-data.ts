import { SparringError } from "../errors.ts";
import type { Dataset } from "./record.ts";

/**
 * Requires that data are those that a run began with: other records under the same indices would make it another run.
 * @param fingerprint of the data that the run began with
 * @throws SparringError `data/other-data`
 */
export function requireSameData(
  { source, fingerprint: found }: Pick<Dataset, "source" | "fingerprint">,
  fingerprint: string,
): void {
  if (found === fingerprint) return;
  throw new SparringError(
    "data/other-data",
    "the data are not those that the run began with: their fingerprints differ",
    "Put the old file back, or begin a new run with this one.",
    { place: source },
  );
}
