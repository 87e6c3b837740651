import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sixDigits } from "../../../daemon/runs/reading/six-digits.ts";

describe("a number to six digits", () => {
  test("is the nearest one that is written with six", () => {
    for (const [value, short] of [
      [0.1234565432, 0.123457],
      [-2 / 3, -0.666667],
      [12.3456789, 12.3457],
      [0.000012345678, 0.0000123457],
      [123456.789, 123457],
      [1234567.89, 1234568],
      [9.999999, 10],
      [1234567, 1234567],
      [0, 0],
      [1e-300, 0],
    ] as const)
      assert.equal(sixDigits(value), short, String(value));
  });

  test("is near to it, and short", () => {
    const metric = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(metric, fc.constantFrom(1, -1), (size, sign) => {
        const short = sixDigits(sign * size);
        assert.ok(Math.abs(short - sign * size) <= 5.001e-6 * size);
        assert.equal(Number(short.toPrecision(Number.isInteger(size) ? 17 : 6)), short);
      }),
    );
  });
});
