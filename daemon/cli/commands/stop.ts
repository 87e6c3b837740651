import { controlCommand } from "../control.ts";

/** `sparring stop <run>`: ends a run after its last finished round. */
export const stop = controlCommand(
  {
    name: "stop",
    summary: "End a run after its last finished round; it can be resumed.",
  },
  "sparring/run/stop",
  ["queued", "starting", "running", "paused"],
);
