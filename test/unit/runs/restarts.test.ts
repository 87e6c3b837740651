import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import { isEngineLost, Restarts } from "../../../daemon/runs/control/restarts.ts";

const died = new SparringError(
  "engine/died",
  "The onnx engine's process was ended by SIGKILL. It last wrote:\nsecret stack",
  "x",
);
const phase = { name: "solve", round: 7, seconds: 1, usual: null };

describe("restarts", () => {
  test("say what happened in one sentence, and from where the run goes on", () => {
    const restarts = new Restarts();
    assert.equal(
      restarts.next(died, phase, 6),
      "In solve of round 7: The onnx engine's process was ended by SIGKILL. It is started again after round 6 (1 of at most 3 times in 10 rounds).",
    );
    assert.match(
      restarts.next(died, undefined, undefined)!,
      /^The onnx .* It is started again at the beginning \(2 of/,
    );
  });

  test("end with the third within ten rounds of progress", () => {
    const restarts = new Restarts();
    for (const saved of [5, 5, 14]) assert.ok(restarts.next(died, phase, saved));
    assert.equal(restarts.next(died, phase, 14), undefined);
    assert.ok(restarts.next(died, phase, 15), "ten rounds after the first two these are forgiven");
  });

  test("are for engines that are gone, not for what they refuse", () => {
    assert.ok(isEngineLost(died));
    assert.ok(isEngineLost(new SparringError("engine/hung", "", "")));
    assert.ok(!isEngineLost(new SparringError("engine/out-of-memory", "", "")));
    assert.ok(!isEngineLost(new Error("engine/died")));
  });
});
