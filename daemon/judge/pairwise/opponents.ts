/**
 * Who meets whom in a group of `size`, as pairs of places: a circulant graph. Answer i meets i ± 1, i ± 2, … (mod size), so that all meet
 * equally many others and no two meet twice. Each meets `opponents` others, or all where there are fewer; one more where that is
 * impossible, because an odd number of answers can't each have an odd number of opponents.
 */
export function circulant(size: number, opponents: number): (readonly [number, number])[] {
  const wanted = Math.min(opponents, size - 1);
  // A step around the circle is one opponent on either side; a step half way round is the same one on both.
  const steps = Array.from({ length: Math.floor(wanted / 2) }, (_, i) => i + 1);
  if (wanted % 2 === 1) steps.push(size % 2 === 0 ? size / 2 : steps.length + 1);
  return steps.flatMap((step) =>
    Array.from({ length: 2 * step === size ? step : size }, (_, i) => [i, (i + step) % size] as const),
  );
}
