import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bar, sparkline } from "../../../daemon/cli/text/bars.ts";
import { coloured } from "../../../daemon/cli/text/colours.ts";
import { padEnd, padStart, truncate, width, wrap } from "../../../daemon/cli/text/fit.ts";
import { duration, fixed, percent, points } from "../../../daemon/text/numbers.ts";

describe("fit", () => {
  test("widths are columns of a terminal", () => {
    assert.equal(width("漢字"), 4);
    assert.equal(width(coloured.red("abc")), 3);
    assert.equal(padEnd("漢", 4), "漢  ");
    assert.equal(padStart(coloured.bold("ab"), 4), `  ${coloured.bold("ab")}`);
  });

  test("truncate says where something is missing, and never splits a wide character", () => {
    assert.equal(truncate("abcdef", 6), "abcdef");
    assert.equal(truncate("abcdef", 5), "abcd…");
    assert.equal(truncate("漢字漢字", 4), "漢…");
    assert.equal(truncate("abc", 0), "");
  });

  test("truncate always fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, columns) => {
        assert(width(truncate(text, columns)) <= columns);
      }),
    );
  });

  test("wrap breaks at spaces, keeps long words whole, and loses nothing", () => {
    assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
    assert.deepEqual(wrap("a /very/long/path b", 6, "  "), ["  a", "  /very/long/path", "  b"]);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 40 }), (all, columns) => {
        const lines = wrap(all.join(" "), columns);
        assert.equal(lines.join(" "), all.join(" "));
        for (const line of lines) assert(line.length <= columns);
      }),
    );
  });
});

describe("numbers", () => {
  test("a missing number is never 0", () => {
    assert.equal(fixed(2)(null), "–");
    assert.equal(percent(null), "–");
    assert.equal(points(null), "–");
  });
  test("no negative zero", () => {
    assert.equal(fixed(3)(-0.0001), "0.000");
    assert.equal(fixed(3)(-0.001), "-0.001");
    assert.equal(points(0.0001), "0.0");
  });
  test("percent and points", () => {
    assert.equal(percent(0.5714), "57.1 %");
    assert.equal(percent(1, 0), "100 %");
    assert.equal(points(0.571 - 0.346), "+22.5");
    assert.equal(points(-0.03), "-3.0");
  });
  test("durations", () => {
    assert.deepEqual([0, 7.4, 59.6, 754, 3723, -1].map(duration), ["0:00", "0:07", "1:00", "12:34", "1:02:03", "0:00"]);
  });
});

describe("bar", () => {
  test("is filled in eighths of a cell", () => {
    assert.deepEqual(bar(0.5, 4), { filled: "██", rest: "  " });
    assert.deepEqual(bar(0.53125, 4), { filled: "██▏", rest: " " });
    assert.deepEqual(bar(2, 3), { filled: "███", rest: "" });
    assert.deepEqual(bar(-1, 3), { filled: "", rest: "   " });
  });
});

describe("sparkline", () => {
  const axis = { first: 0, last: 8, now: 8 };
  const of = (...values: (number | null)[]) => values.map((y, x) => ({ x, y }));

  test("goes from the lowest to the highest", () => {
    assert.equal(sparkline(of(0, 1, 2, 3, 4, 5, 6, 7), axis, 8), "▁▂▃▄▅▆▇█");
  });
  test("averages the points of a column", () => {
    assert.equal(sparkline(of(0, 0, 7, 7, 0, 7, 0, 0), axis, 4), "▁█▅▁");
  });
  test("repeats the last value where nothing was measured, up to now", () => {
    assert.equal(sparkline(of(0, null, null, 7, null), { ...axis, now: 5 }, 8), "▁▁▁███");
  });
  test("begins with blanks where nothing was measured yet", () => {
    assert.equal(sparkline(of(null, null, 1, 2), { ...axis, now: 3 }, 8), "  ▁█");
  });
  test("a constant is in the middle", () => assert.equal(sparkline(of(3, 3), { ...axis, now: 1 }, 8), "▄▄"));
  test("nothing yet", () => assert.equal(sparkline([], { first: 0, last: 300, now: 0 }, 8), " "));
  test("never exceeds its columns", () => {
    const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), fc.nat(50), (all, columns, last) => {
        const line = sparkline(of(...all), { first: 0, last, now: all.length }, columns);
        assert(line.length <= columns);
        assert.match(line, /^ *[▁▂▃▄▅▆▇█]*$/);
      }),
    );
  });
});
