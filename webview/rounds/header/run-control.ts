import type { RunOverview } from "../../../daemon/protocol.ts";

/** A command and the title of its button. */
export interface RunControl {
  readonly command: "sparring.pause" | "sparring.resume";
  readonly title: string;
}

/** What a run's main button does in its state; undefined where there is nothing to do but wait or read. */
export function runControl({ state }: RunOverview): RunControl | undefined {
  switch (state) {
    case "running":
    case "starting":
      return { command: "sparring.pause", title: "Pause" };
    case "paused":
    case "stopped":
    case "failed":
    case "interrupted":
      return { command: "sparring.resume", title: "Resume" };
    case "queued":
    case "finished":
      return undefined;
  }
}
