import { test } from "node:test";
import fc from "fast-check";
import { history, playHistory } from "./any-history.ts";

test("nothing acknowledged is lost in a thousand histories", async () => {
  await fc.assert(fc.asyncProperty(history, playHistory), { numRuns: 1000 });
});
