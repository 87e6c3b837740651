import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { admit, type Candidate, flawCodes } from "../../../daemon/selfplay/admission.ts";

const good = (query: string): Candidate => ({ read: { ok: true, query }, heldOut: false });
const heldOut = (query: string): Candidate => ({ read: { ok: true, query }, heldOut: true });
const bad: Candidate = { read: { ok: false, reason: "not of the form a+b" }, heldOut: false };
const round = [good("1+2"), bad, good("3+4"), heldOut("5+6"), good("1+2"), heldOut("5+6")];

describe("admission", () => {
  for (const mode of ["drop", "penalise"] as const) {
    test(`${mode}: every flaw rejects, with a code, a sentence and a count`, () => {
      const { verdicts_N, admitted, flaws } = admit(round, mode);
      assert.deepEqual(
        verdicts_N.map((verdict) => [verdict.admitted, verdict.flaw?.code ?? null]),
        [
          [true, null],
          [false, "unparsable"],
          [true, null],
          [false, "held-out"],
          [false, "duplicate"],
          [false, "held-out"],
        ],
      );
      assert.equal(verdicts_N[1].flaw?.sentence, "The text is not a task: not of the form a+b.");
      assert.equal(verdicts_N[4].flaw?.sentence, "The same task is in this round already, as query 0.");
      assert.equal(admitted, 2);
      assert.deepEqual(flaws, { unparsable: 1, "held-out": 2, duplicate: 1 });
    });
  }

  test("a duplicate's sentence names the first of its kind", () => {
    const { verdicts_N } = admit([good("a"), good("b"), good("b"), good("b")], "drop");
    assert.match(verdicts_N[3].flaw!.sentence, /query 1/);
  });

  test("off: everything is answered but held-out tasks, and flaws are still counted", () => {
    const { verdicts_N, admitted, flaws } = admit(round, "off");
    assert.deepEqual(
      verdicts_N.map((verdict) => verdict.admitted),
      [true, true, true, false, true, false],
    );
    assert.equal(verdicts_N[1].flaw?.code, "unparsable");
    assert.equal(admitted, 4);
    assert.deepEqual(flaws, { unparsable: 1, "held-out": 2, duplicate: 1 });
  });

  test("in any round: admitted queries are distinct and not held out, and the counts add up", () => {
    const candidate = fc.oneof(
      fc.constantFrom("a", "b", "c", "__proto__").map(good),
      fc.constantFrom("d", "e").map(heldOut),
      fc.constant(bad),
    );
    fc.assert(
      fc.property(fc.array(candidate), fc.constantFrom("drop", "penalise"), (candidates, mode) => {
        const { verdicts_N, admitted, flaws } = admit(candidates, mode);
        const texts = candidates.flatMap(({ read }, i) => (verdicts_N[i].admitted && read.ok ? [read.query] : []));
        assert.equal(texts.length, admitted);
        const distinct = new Set(candidates.flatMap(({ read, heldOut }) => (read.ok && !heldOut ? [read.query] : [])));
        assert.deepEqual(new Set(texts), distinct);
        assert.equal(texts.length, distinct.size);
        assert.equal(admitted + flawCodes.reduce((sum, code) => sum + flaws[code], 0), candidates.length);
      }),
    );
  });
});
