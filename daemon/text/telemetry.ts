const gibi = 2 ** 30;

/**
 * What a run takes of its device: "GPU 97 %, 61 of 141 GiB", on a CPU "memory 1.2 GiB".
 * @param device as the engine names it, e.g. "CPU, 2 threads"
 */
export function telemetryText(
  device: string,
  { usedBytes, totalBytes, utilisation }: { usedBytes: number; totalBytes: number; utilisation?: number | undefined },
): string {
  const used = gibibytes(usedBytes);
  if (device.startsWith("CPU")) return `memory ${used} GiB`;
  const busy = utilisation === undefined ? "" : ` ${Math.round(100 * utilisation)} %,`;
  return `GPU${busy} ${used} of ${gibibytes(totalBytes)} GiB`;
}

/** To one digit where that says something. */
function gibibytes(bytes: number): string {
  return (bytes / gibi).toFixed(bytes < 10 * gibi ? 1 : 0);
}
