import type { Progress } from "../../protocol.ts";
import { bytes, duration, percent } from "../../text/numbers.ts";

/** A line is due whenever so much more of a download has come. */
const step = 0.1;

/** Lines about a model's download, before there is anything else to show: one every tenth of it. */
export class DownloadLines {
  #shown = Number.NEGATIVE_INFINITY;

  /** @returns the line that is due; undefined where none is */
  line({ done, total, remainingSeconds }: Progress): string | undefined {
    const share = total > 0 ? done / total : 0;
    if (share < this.#shown + step && !(share === 1 && this.#shown < 1)) return undefined;
    this.#shown = share;
    const left = remainingSeconds === null || share === 1 ? "" : `, ${duration(remainingSeconds)} left`;
    return `Downloading the model: ${percent(share, 0)} of ${bytes(total)}${left}`;
  }
}
