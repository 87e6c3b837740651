import type { DownloadProgress } from "../../models/hub/download.ts";
import type { Progress, RunState } from "../../protocol.ts";

/** A model's download. */
export interface Download {
  readonly progress: DownloadProgress;
  /** When it began, milliseconds. */
  readonly since: number;
  /** Bytes that were there from an earlier attempt. */
  readonly from: number;
}

/** A snapshot of a run whose model is being downloaded: the phase `download`, in bytes. Nothing is played yet. */
export function downloadSnapshot(run: string, state: RunState, { progress, since, from }: Download): Progress {
  const seconds = (performance.now() - since) / 1000;
  const { doneBytes, totalBytes } = progress;
  const left = doneBytes > from ? (seconds * (totalBytes - doneBytes)) / (doneBytes - from) : null;
  return {
    run,
    state,
    round: 0,
    rounds: 0,
    finished: null,
    phase: "download",
    done: doneBytes,
    total: totalBytes,
    phaseSeconds: seconds,
    usualPhaseSeconds: null,
    elapsedSeconds: seconds,
    remainingSeconds: left,
    device: "",
  };
}
