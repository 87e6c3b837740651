import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SparringError } from "../../../daemon/errors.ts";
import { NotFiniteError, requireFinite, withRound } from "../../../daemon/runs/not-finite.ts";

const logprobs = (...values: number[]) => ({ answers_NGT: [[Float32Array.from(values)]], queries_NT: [] });

describe("a round that nothing can be learned from", () => {
  const sound = logprobs(-1, -2);

  test("is one whose log-probabilities are no numbers, and it is said whose", () => {
    requireFinite(sound, sound);
    for (const broken of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => requireFinite(sound, logprobs(-1, broken)), /^Error: the reference gives/);
      assert.throws(() => requireFinite(logprobs(-1, broken), sound), /^Error: the policy gives/);
    }
    const ofQueries = { answers_NGT: [], queries_NT: [Float32Array.of(Number.NaN)] };
    assert.throws(() => requireFinite(ofQueries, sound), /the policy gives/);
  });

  test("names the run and the round; another error stays what it is", () => {
    const refused = new SparringError("engine/not-finite", "The gradient is not finite.", "Fork.");
    const error = withRound(refused, "a-run", 12);
    assert.ok(error instanceof NotFiniteError);
    assert.equal(
      error.message,
      "Round 12 could not be learned from: its gradient is not finite. The run stopped there, with the weights after round 11.",
    );
    assert.match(error.next, /`sparring fork a-run@<round> optimizer\.lr=…`/);
    const other = new SparringError("engine/died", "It died.", "Resume.");
    assert.equal(withRound(other, "a-run", 12), other);
  });
});
