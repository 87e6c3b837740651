import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type FileSystem, nodeFileSystem } from "../../../daemon/store/fs.ts";
import { RunIndex } from "../../../daemon/store/index/run-index.ts";
import type { RunStatus } from "../../../daemon/store/records.ts";
import { Store } from "../../../daemon/store/store.ts";
import { hashTree } from "../../../daemon/store/tree-hash.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { assertRejects } from "./throws.ts";
import { assertState, queriesOf, ratingOf, roundRecord, runId, runRecord, writeState } from "./trainer.ts";

const home = await mkdtemp(join(tmpdir(), "sparring-store-"));
after(() => rm(home, { recursive: true }));

test("a run on a real disk: created, played, killed, recovered, read", async () => {
  const store = new Store(join(home, "new", "home"));
  const writer = await store.create(runRecord);
  for (const round of [0, 1, 2]) {
    await writer.writeCheckpoint(round, (folder) => writeState(nodeFileSystem, folder, round, "s1"));
    await writer.commitRound({
      record: roundRecord(round, "s1"),
      queries: queriesOf(round, "s1"),
      saveState: (folder) => writeState(nodeFileSystem, folder, round, "s1"),
    });
  }
  assert.deepEqual(await writer.retainCheckpoints({ last: 1, always: [0] }), [1]);
  await writer.close();
  const rounds = join(writer.dir, "rounds.jsonl");
  const whole = await readFile(rounds);
  await writeFile(rounds, Buffer.concat([whole, whole.subarray(0, 40)]));

  const again = await store.open(runId);
  assert.deepEqual(again.record, runRecord);
  const { from, rewound, notes } = await again.recover();
  assert.equal(from?.round, 2);
  assert.deepEqual(rewound, []);
  assert.match(notes.join(), /was being written/);
  await assertState(nodeFileSystem, from!.dir, 2, "s1");
  assert.deepEqual(await readFile(rounds), whole);

  assert.deepEqual(await store.listRuns(), [runId]);
  assert.deepEqual(await store.readRun(runId), runRecord);
  assert.deepEqual(
    (await store.readRounds(runId)).map(({ round, recovery }) => [round, recovery?.slot]),
    [
      [0, "a"],
      [1, "b"],
      [2, "a"],
    ],
  );
  assert.deepEqual(await store.readSamples(runId, 1), queriesOf(1, "s1"));
  const checkpoints = await store.listCheckpoints(runId);
  assert.deepEqual(
    checkpoints.map(({ round, dir }) => [round, dir]),
    [
      [0, join(writer.dir, "checkpoints", "000000")],
      [2, join(writer.dir, "checkpoints", "000002")],
    ],
  );
  const files = ["weights.safetensors", "optimizer/moments.safetensors"];
  const sizes = await Promise.all(files.map(async (file) => (await readFile(join(checkpoints[0]!.dir, file))).length));
  assert.equal(checkpoints[0]!.bytes, sizes[0]! + sizes[1]!);
  await again.close();
});

test("a folder's hash covers names and every byte of large files, and is the same on every file system", async () => {
  const large = Buffer.alloc(2.5 * 1024 * 1024, "weights");
  const hashOf = async (fs: FileSystem, root: string): Promise<string> => {
    await fs.makeFolder(root);
    await fs.write(join(root, "b"), large);
    await fs.makeFolder(join(root, "a"));
    await fs.write(join(root, "a", "c"), Buffer.from("moments"));
    await fs.write(join(root, "empty"), new Uint8Array());
    return hashTree(fs, root);
  };
  const root = join(home, "hash");
  const hash = await hashOf(nodeFileSystem, root);
  assert.equal(await hashOf(new MemoryFileSystem(), "/hash"), hash);
  for (const offset of [0, 1024 * 1024, large.length - 1]) {
    const changed = Buffer.from(large);
    changed[offset]! ^= 1;
    await writeFile(join(root, "b"), changed);
    assert.notEqual(await hashTree(nodeFileSystem, root), hash);
  }
  await writeFile(join(root, "b"), large);
  assert.equal(await hashTree(nodeFileSystem, root), hash);
  await nodeFileSystem.rename(join(root, "a", "c"), join(root, "a", "d"));
  assert.notEqual(await hashTree(nodeFileSystem, root), hash);
});

test("a home that may not be written or read", async () => {
  const refusing = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
  const readOnly = new Store(join(home, "read-only"), {
    fs: { ...nodeFileSystem, makeFolder: () => refusing("EROFS") },
  });
  await assertRejects(readOnly.create(runRecord), {
    code: "store/not-writable",
    message: /may not write .*read-only/,
    next: /SPARRING_HOME/,
    place: /read-only$/,
  });
  const locked = new Store(home, { fs: { ...nodeFileSystem, list: () => refusing("EACCES") } });
  await assertRejects(locked.listRuns(), {
    code: "store/not-readable",
    message: /may not read .*runs/,
    next: /readable for your user/,
  });
});

test("status, ratings and index on a real disk: written, killed in the middle of a line, read again", async () => {
  const store = new Store(join(home, "control"));
  const status: RunStatus = { format: 1, state: "running", since: "2026-01-01T00:00:00.000Z" };
  await store.writeStatus(runId, status);
  const writer = await store.create(runRecord);
  await writer.commitRound({ record: roundRecord(0, "s1"), queries: [] });
  const ratings = await store.openRatings(runId);
  for (const id of ["a", "b", "c"]) await ratings.add(ratingOf(0, id, "s1"));
  assert.equal(await ratings.undo("b"), 2);
  const index = await RunIndex.open(store);
  assert.equal(index.facts(runId)!.ratings, 2);
  await index.close();

  const file = join(writer.dir, "ratings.jsonl");
  const whole = await readFile(file);
  await writeFile(file, Buffer.concat([whole, whole.subarray(0, 40)]));
  const again = await store.openRatings(runId);
  assert.deepEqual(
    (await again.list()).map(({ id }) => id),
    ["a", "c"],
  );
  assert.deepEqual(await readFile(file), whole);
  assert.equal(await again.add(ratingOf(0, "d", "s1")), 3);
  // A state of the same length, written at once: only the time and the number of the file tell them apart.
  await store.writeStatus(runId, { ...status, state: "stopped" });
  const { ratings: count, state } = (await RunIndex.open(store)).facts(runId)!;
  assert.deepEqual([count, state], [3, "stopped"]);
  await writer.close();
});
