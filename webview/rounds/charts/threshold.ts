/** How far beyond an axis a threshold may lie for the axis to be stretched to it, as a share of the axis. */
const near = 0.25;

/** An axis's interval, stretched to a threshold that lies near it; one that is far outside leaves it as it is. */
export function reaching(
  [min, max]: readonly [number, number],
  threshold: number,
): readonly [min: number, max: number] {
  const reach = near * (max - min);
  const isNear = threshold > min - reach && threshold < max + reach;
  return isNear ? [Math.min(min, threshold), Math.max(max, threshold)] : [min, max];
}
