/** What a person should know of a round's answers, in sentences; each condition is a row of `rules.ts`. */
import type { Score } from "./algorithm.ts";
import { hasContrast, scored } from "./centring.ts";

/** @param total_NG what the advantages were made of: r = R, or R + scale·R_Q */
export function solverNotes(total_NG: readonly (readonly Score[])[]): string[] {
  const answered = total_NG.filter((row) => row.length > 0);
  const answers = answered.reduce((sum, row) => sum + row.length, 0);
  const unscored = answered.reduce((sum, row) => sum + row.length - scored(row).length, 0);
  const thin = answered.filter((row) => scored(row).length < 2).length;
  const notes: string[] = [];
  if (unscored > 0) {
    notes.push(`${unscored} of ${answers} answers are unscored: out of their group's mean, with advantage 0`);
  }
  if (thin > 0) {
    notes.push(`${thin} of ${answered.length} groups have fewer than 2 scored answers: their advantages are 0`);
  }
  if (answered.length > 0 && !answered.some(hasContrast)) {
    notes.push("no contrast in any group: the Solver learns nothing from this round's rewards");
  }
  return notes;
}
