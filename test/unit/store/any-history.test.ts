import { test } from "node:test";
import fc from "fast-check";
import { history, playHistory } from "./any-history.ts";

test("nothing acknowledged is lost in any order of rounds, checkpoints, restarts, full disks and power cuts", async () => {
  await fc.assert(fc.asyncProperty(history, playHistory), { numRuns: 60, seed: 1 });
});
