/** Rounds from `first` to `last`. */
export interface RoundBand {
  readonly first: number;
  readonly last: number;
}

/** A run is looked at in so many parts. */
const bandsOfRun = 4;

/** Quarters of some rounds, with as many rounds each as can be; fewer where there are fewer rounds. @param rounds in order */
export function bandsOf(rounds: readonly number[]): RoundBand[] {
  const count = Math.min(bandsOfRun, rounds.length);
  const start = (band: number): number => Math.floor((band * rounds.length) / count);
  return Array.from({ length: count }, (_, band) => ({
    first: rounds[start(band)]!,
    last: rounds[start(band + 1) - 1]!,
  }));
}

/** Which band a round is in; one that is in none counts to the first. */
export function bandOf(bands: readonly RoundBand[], round: number): number {
  return Math.max(
    0,
    bands.findIndex(({ first, last }) => round >= first && round <= last),
  );
}
