import assert from "node:assert/strict";

/** Numbers of any nesting, compared one by one; null only equals null. */
export function assertClose(actual: unknown, expected: unknown, tolerance: number, path: string): void {
  if (Array.isArray(expected)) {
    const list = Array.from(actual as ArrayLike<unknown>);
    assert.equal(list.length, expected.length, `${path}: length`);
    for (const [i, value] of expected.entries()) assertClose(list[i], value, tolerance, `${path}[${i}]`);
  } else if (expected === null) {
    assert.equal(actual, null, path);
  } else {
    const difference = Math.abs((actual as number) - (expected as number));
    assert.ok(difference <= tolerance, `${path}: ${actual} is not ${expected}`);
  }
}
