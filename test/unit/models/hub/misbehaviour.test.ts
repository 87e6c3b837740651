import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { SparringError } from "../../../../daemon/errors.ts";
import { hubModel } from "../../../../daemon/models/hub/model.ts";
import { FakeHub, type Fault, neededOf, shardedModel, tinyModel } from "./fake-hub.ts";

const position = fc.nat(5200);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant("status" as const), status: fc.constantFrom(400, 401, 403, 404, 416, 429, 500, 503) }),
  fc.record({ kind: fc.constant("cut" as const), after: position }),
  fc.record({ kind: fc.constant("stall" as const), after: position }),
  fc.constant({ kind: "corrupt" as const }),
  fc.record({ kind: fc.constant("tag" as const), tag: fc.constantFrom('"x"', `"${"0".repeat(40)}"`, '"../.."', "") }),
  fc.record({ kind: fc.constant("size" as const), by: fc.integer({ min: -300, max: 300 }) }),
  fc.record({ kind: fc.constant("length" as const), by: fc.integer({ min: -300, max: 300 }) }),
  fc.record({
    kind: fc.constant("range" as const),
    does: fc.constantFrom("ignored" as const, "shifted" as const, "refused" as const),
  }),
  fc.record({ kind: fc.constant("redirect" as const), to: fc.constantFrom("/", "", "//", "data:,x", "/api/cached/x") }),
  fc.constant({ kind: "garbage" as const }),
);

/** What goes wrong with each request in turn; most requests go well, so that a download gets somewhere. */
const course = fc.array(fc.option(fault, { freq: 2 }), { maxLength: 40 });

test("whatever the hub does, there is the exact model or a precise error, and a good hub completes it", async (t) => {
  const hub = await FakeHub.start();
  t.after(() => hub.stop());
  let errors = 0;
  await fc.assert(
    fc.asyncProperty(course, fc.boolean(), async (faults, isSharded) => {
      hub.files = isSharded ? shardedModel() : tinyModel();
      const cacheDir = await mkdtemp(join(tmpdir(), "sparring-hub-"));
      const settings = { endpoint: hub.url, cacheDir, token: undefined, offline: false, backOffMs: 1 };
      const model = (silenceMs: number): Promise<{ dir: string }> =>
        hubModel({ repo: hub.repo, revision: "main" }, { ...settings, silenceMs });
      const exact = async ({ dir }: { dir: string }): Promise<void> => {
        const names = (await readdir(dir)).sort();
        assert.deepEqual(names, Object.keys(neededOf(hub.files)).sort());
        for (const name of names) assert.deepEqual(await readFile(join(dir, name)), hub.files[name], name);
      };
      try {
        const left = [...faults];
        hub.fault = () => left.shift() ?? undefined;
        await model(100).then(exact, (error: unknown) => {
          errors++;
          assert.ok(error instanceof SparringError && /^model\/hub-/.test(error.code), `${error}`);
        });
        hub.fault = () => undefined;
        await exact(await model(60_000));
        const blobs = await readdir(join(cacheDir, "models--org--tiny", "blobs"));
        assert.ok(blobs.every((name) => /^[0-9a-f]+$/.test(name)));
      } finally {
        await rm(cacheDir, { recursive: true });
      }
    }),
    { numRuns: 25 },
  );
  assert.ok(errors > 0);
});
