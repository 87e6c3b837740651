import assert from "node:assert/strict";
import { SparringError } from "../../../daemon/errors.ts";

/** Fails unless the promise rejects with this SparringError, whose sentence, place and next step match. */
export async function assertRejects(
  work: Promise<unknown>,
  expected: { readonly code: string; readonly message: RegExp; readonly next: RegExp; readonly place?: RegExp },
): Promise<void> {
  const error = await work.then(
    () => assert.fail(`resolved instead of throwing ${expected.code}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SparringError, String(error));
  assert.equal(error.code, expected.code);
  assert.match(error.message, expected.message);
  assert.match(error.next, expected.next);
  if (expected.place) assert.match(error.place ?? "", expected.place);
}
