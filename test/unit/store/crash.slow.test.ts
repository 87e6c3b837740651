import { test } from "node:test";
import { cutEverywhere } from "./cut-everywhere.ts";
import { anyPowerCut } from "./power-cut.ts";
import { pseudoRandom } from "./pseudo-random.ts";
import { damagedSlot, everyRound, everyThirdRound } from "./scenarios.ts";

for (const scenario of [everyRound, everyThirdRound, damagedSlot]) {
  test(`many mixed power cuts after every step: ${scenario.name}`, async () => {
    const random = pseudoRandom(2);
    await cutEverywhere({
      scenario,
      cuts: (step) => Array.from({ length: 20 }, (_, i) => anyPowerCut(`mixture ${i} at ${step}`, random)),
      neverRewinds: scenario === everyRound,
    });
  });
}
