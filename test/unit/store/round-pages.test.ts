import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import fc from "fast-check";
import { toJsonLines } from "../../../daemon/store/jsonl.ts";
import { layout } from "../../../daemon/store/layout.ts";
import type { RoundRecord } from "../../../daemon/store/records.ts";
import { Store } from "../../../daemon/store/store.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { assertRejects } from "./throws.ts";
import { home, RestartingProcesses, roundRecord, runId, runRecord } from "./trainer.ts";

const file = layout.rounds(layout.run(home, runId));
let fs: MemoryFileSystem;
let store: Store;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  store = new Store(home, { fs, processes: new RestartingProcesses() });
  await (await store.create(runRecord)).close();
});

/** A round whose line has about so many bytes. */
function wide(round: number, bytes: number): RoundRecord {
  return { ...roundRecord(round, "s1"), notes: ["s1", "☃".repeat(bytes / 3)] };
}

test("a page is the rounds after the one that is named, wherever lines and what is read at once end", async () => {
  const runs = fc.record({
    first: fc.constantFrom(0, 50),
    sizes: fc.array(fc.oneof(fc.nat(50), fc.nat(400_000)), { maxLength: 8 }),
    torn: fc.constantFrom("", '{"round":', "\0\0}\n"),
    after: fc.integer({ min: -1, max: 60 }),
    limit: fc.integer({ min: 1, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(runs, async ({ first, sizes, torn, after, limit }) => {
      const rounds = sizes.map((bytes, i) => wide(first + i, bytes));
      await fs.write(file, Buffer.concat([toJsonLines(rounds), Buffer.from(torn)]));
      const later = rounds.filter(({ round }) => round > after);
      assert.deepEqual(await store.readRoundsAfter(runId, after, limit), {
        rounds: later.slice(0, limit),
        more: later.length > limit,
      });
    }),
    { numRuns: 100 },
  );
});

test("a page is cheap where it is the newest of many rounds, or the oldest", async () => {
  await fs.write(file, toJsonLines(Array.from({ length: 400 }, (_, i) => wide(i, 4000))));
  let bytes = 0;
  const readChunks = fs.readChunks.bind(fs);
  fs.readChunks = async function* (path, chunkBytes) {
    for await (const chunk of readChunks(path, chunkBytes)) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  assert.equal((await store.readRoundsAfter(runId, -1, 10)).rounds.length, 10);
  assert.ok(bytes < (await fs.size(file)) / 2, `${bytes} bytes`);
});

test("a broken line of the page, and a gap, are named with their place in the file", async () => {
  const rounds = Array.from({ length: 6 }, (_, i) => roundRecord(i, "s1"));
  const lines = String(Buffer.from(toJsonLines(rounds))).split("\n");
  const broken = async (line: number, content: string): Promise<void> => {
    await fs.write(file, Buffer.from(lines.with(line - 1, content).join("\n")));
  };
  await broken(4, "{}}");
  for (const limit of [1, 2, 9]) {
    await assertRejects(store.readRoundsAfter(runId, 2, limit), {
      code: "store/corrupt-rounds",
      message: /rounds\.jsonl:4 is not the record of a round: it is not JSON/,
      next: /backup/,
      place: /:4$/,
    });
  }
  assert.equal((await store.readRoundsAfter(runId, 3, 9)).rounds.length, 2, "pages without it can be read");
  await broken(4, lines[2]!);
  await assertRejects(store.readRoundsAfter(runId, 1, 9), {
    code: "store/corrupt-rounds",
    message: /rounds\.jsonl:4 .*round 2 stands where 3 should/,
    next: /backup/,
  });
});

test("a run that is not there, or has no rounds", async () => {
  assert.deepEqual(await store.readRoundsAfter(runId, -1, 10), { rounds: [], more: false });
  await assert.rejects(store.readRoundsAfter("zebra", -1, 10), /no run "zebra"/);
});
