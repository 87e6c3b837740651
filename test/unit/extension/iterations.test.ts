import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import type { Progress } from "../../../daemon/protocol.ts";
import { statusOf } from "../../../extension/runs/status-text.ts";
import { runFace } from "../../../extension/runs/tree-model.ts";
import { firstSentence } from "../../../extension/text/first-sentence.ts";
import { overview } from "./fakes.ts";

function progressOf(finished: number | null): Progress {
  return {
    ...{ run: "spin", state: "running", round: (finished ?? -1) + 1, rounds: 120, finished, phase: "solve" },
    ...{ done: 1, total: 4, phaseSeconds: 1, usualPhaseSeconds: 2, elapsedSeconds: 9, remainingSeconds: 90 },
    device: "CPU, 2 threads",
  };
}

describe("the iterations of a run", () => {
  test("are in the status item and in the tree", () => {
    const iteration = { now: 2, of: 3 };
    const run = overview("spin", { state: "running", algorithm: "spin", round: 40, rounds: 120, iteration });
    const progress = progressOf(40);
    const status = statusOf({ connection: "connected", run, progress });
    assert.equal(status.text, "$(sync~spin) spin · iteration 2 of 3 · 41/120 · solve · 2 min");
    assert.ok(status.facts.includes("Iteration 2 of 3, round 41 of 120 on CPU, 2 threads"), status.facts.join("\n"));
    const face = runFace(run, { progress });
    assert.equal(face.description, "running · iteration 2 of 3 · 40/120");
    assert.match(face.tooltip!, /^iteration 2 of 3, round 40 of 120 finished$/m);
    const { iteration: _, ...withoutOpponent } = run;
    assert.equal(runFace(withoutOpponent).description, "running · 40/120");
  });
});

test("every example says in a line what it is about", () => {
  const names = readdirSync("examples").filter((name) => name.endsWith(".sparring.yaml"));
  assert.ok(["spin", "spif", "spac", "dpo", "sft"].every((name) => names.includes(`${name}.sparring.yaml`)));
  for (const name of names) {
    const sentence = firstSentence(readFileSync(`examples/${name}`, "utf8"));
    assert.ok(sentence.length > 10 && sentence.length < 140, `${name}: ${sentence}`);
  }
  assert.equal(firstSentence("# SPIN (2401.01335), on sums: it\n# learns.\n\nmodel:\n"), "SPIN (2401.01335), on sums");
  assert.equal(firstSentence("model:\n"), "");
});
