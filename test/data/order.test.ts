import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { epochOrder, iterationRecords, permutation } from "../../daemon/data/order.ts";
import { streamUniform } from "../../daemon/engine/random.ts";

const uniformOf = (seed: number) => (index: number) => streamUniform(seed, "order", index);
const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const count = fc.integer({ min: 0, max: 200 });
const seed = fc.nat();

describe("orders of records", () => {
  test("have each record once", () => {
    fc.assert(
      fc.property(count, seed, fc.nat(1000), (n, s, block) => {
        assert.deepEqual(sorted(permutation(n, block, uniformOf(s))), upTo(n));
      }),
    );
  });
  test("are the same for the same seed, and others for other seeds and blocks", () => {
    const order = (s: number, block: number): number[] => [...permutation(100, block, uniformOf(s))];
    assert.deepEqual(order(1, 0), order(1, 0));
    assert.notDeepEqual(order(1, 0), order(2, 0));
    assert.notDeepEqual(order(1, 0), order(1, 1));
  });
  test("are all equally likely", () => {
    const seen = new Map<string, number>();
    for (let block = 0; block < 6000; block++) {
      const order = permutation(3, block, uniformOf(5)).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    assert.equal(seen.size, 6);
    // Six orders, 1000 expected of each: the standard deviation is 29.
    for (const times of seen.values()) assert.ok(Math.abs(times - 1000) < 150, `${times}`);
  });
});

describe("iterations", () => {
  test("divide the records: each is in one part, and parts differ by one record at most", () => {
    fc.assert(
      fc.property(count, seed, fc.integer({ min: 1, max: 7 }), (n, s, parts) => {
        const all = upTo(parts).map((iteration) => iterationRecords(n, iteration, parts, uniformOf(s)));
        assert.deepEqual(sorted(all.flatMap((records) => [...records])), upTo(n));
        const sizes = all.map(({ length }) => length);
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });
  test("begin again with the first part after the last", () => {
    assert.deepEqual(iterationRecords(10, 4, 3, uniformOf(1)), iterationRecords(10, 1, 3, uniformOf(1)));
  });
  test("have every epoch in an order of its own, with the same records", () => {
    const records = iterationRecords(90, 1, 3, uniformOf(1));
    const [first, second] = [0, 1].map((epoch) => epochOrder(records, epoch, uniformOf(1)));
    assert.notDeepEqual(first, second);
    assert.deepEqual(sorted(first!), sorted(records));
    assert.deepEqual(sorted(second!), sorted(records));
  });
});
