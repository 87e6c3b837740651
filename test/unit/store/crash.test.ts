import assert from "node:assert/strict";
import { test } from "node:test";
import { cutEverywhere } from "./cut-everywhere.ts";
import { anyPowerCut, powerCuts } from "./power-cut.ts";
import { pseudoRandom } from "./pseudo-random.ts";
import { damagedSlot, everyRound, everyThirdRound } from "./scenarios.ts";

for (const scenario of [everyRound, everyThirdRound, damagedSlot]) {
  test(`power cut after every step: ${scenario.name}`, async () => {
    const random = pseudoRandom(1);
    const checked = await cutEverywhere({
      scenario,
      cuts: (step) => [...powerCuts, anyPowerCut(`a mixture at ${step}`, random)],
      neverRewinds: scenario === everyRound,
    });
    assert.ok(checked > 700, `only ${checked} power cuts`);
  });
}
