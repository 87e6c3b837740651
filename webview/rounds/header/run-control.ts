import type { RunOverview } from "../../../daemon/protocol.ts";

/** What a run's main button does in its state; undefined where there is nothing to do but wait or read. */
export function runControl({
  state,
}: RunOverview): { readonly command: "sparring.pause" | "sparring.resume"; readonly title: string } | undefined {
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
