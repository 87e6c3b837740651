import { controlCommand } from "../control.ts";

/** `sparring pause <run>`: holds a run where it is. */
export const pause = controlCommand(
  {
    name: "pause",
    summary: "Hold a run where it is, in the middle of a phase.",
    details:
      "Its memory is kept, and `sparring resume` goes on as if nothing had been. While a run is paused, others wait.",
  },
  "sparring/run/pause",
  ["starting", "running"],
);
