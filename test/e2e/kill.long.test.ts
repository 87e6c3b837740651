import { test } from "node:test";
import { killTrials } from "./kill.ts";

test("50 runs killed with SIGKILL at random moments end with the weights of an undisturbed one", async () => {
  await killTrials(50, 2);
});
