import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { layout } from "../../../daemon/store/layout.ts";
import type { RunWriter } from "../../../daemon/store/run-writer.ts";
import { Store } from "../../../daemon/store/store.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { assertRejects } from "./throws.ts";
import {
  assertState,
  home,
  queriesOf,
  RestartingProcesses,
  roundRecord,
  runId,
  runRecord,
  writeState,
} from "./trainer.ts";

let fs: MemoryFileSystem;
let store: Store;
let writer: RunWriter;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  store = new Store(home, { fs, processes: new RestartingProcesses() });
  writer = await store.create(runRecord);
});

const commit = (round: number, saveState?: (folder: string) => Promise<void>): ReturnType<RunWriter["commitRound"]> =>
  writer.commitRound({
    record: roundRecord(round, "s1"),
    queries: queriesOf(round, "s1"),
    ...(saveState && { saveState }),
  });

describe("rounds", () => {
  test("two commits are never in flight at once", async () => {
    const log: string[] = [];
    const slow = (round: number) => async (): Promise<void> => {
      log.push(`saving ${round}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal((await store.readRounds(runId)).length, round);
      log.push(`saved ${round}`);
    };
    await Promise.all([commit(0, slow(0)), commit(1, slow(1)), commit(2, slow(2))]);
    assert.deepEqual(
      log,
      [0, 1, 2].flatMap((round) => [`saving ${round}`, `saved ${round}`]),
    );
  });

  test("a commit behind one that failed is refused, and both can be repeated", async () => {
    await Promise.all([
      assert.rejects(
        commit(0, () => Promise.reject(new Error("the engine died"))),
        /the engine died/,
      ),
      assert.rejects(commit(1), /round 1 came where 0 is next/),
    ]);
    await commit(0);
    await commit(1);
    assert.equal((await store.readRounds(runId)).length, 2);
  });

  test("the slots take turns, and a slot holds nothing of the round before", async () => {
    const slots: (string | undefined)[] = [];
    for (const round of [0, 1, 2, 3]) {
      const record = await commit(round, (folder) => writeState(fs, folder, round, "s1"));
      slots.push(record.recovery?.slot);
    }
    assert.deepEqual(slots, ["a", "b", "a", "b"]);
    await commit(4);
    const record = await commit(5, (folder) => fs.write(`${folder}/other`, Buffer.from("x")));
    assert.equal(record.recovery?.slot, "a", "a round without a snapshot does not take a turn");
    assert.deepEqual(await fs.list(layout.slot(writer.dir, "a")), [{ name: "other", kind: "file" }]);
    await assertState(fs, layout.slot(writer.dir, "b"), 3, "s1");
  });

  test("a fork begins with the round of its parent, as the state that it starts from", async () => {
    const lineage = { root: runId, seed: 7, changes: {}, parent: { run: runId, round: 50 } };
    const fork = await store.create({ ...runRecord, id: "fork", lineage });
    const record = (round: number) => ({ record: roundRecord(round, "s1"), queries: [] });
    await assert.rejects(fork.commitRound(record(0)), /round 0 came where 50 is next/);
    await fork.commitRound(record(50));
    assert.equal((await store.readRounds("fork")).length, 1);
    const { from, rewound } = await fork.recover();
    assert.equal(from, undefined);
    assert.equal(rewound.length, 1);
    await fork.commitRound(record(50));
  });

  test("a number that does not exist is null", async () => {
    const record = { ...roundRecord(0, "s1"), metrics: { kl: Number.NaN } };
    await writer.commitRound({ record, queries: [] });
    assert.deepEqual((await store.readRounds(runId))[0]!.metrics, { kl: null });
    assert.deepEqual(await store.readSamples(runId, 0), []);
  });
});

describe("checkpoints", () => {
  const checkpoint = (round: number): ReturnType<RunWriter["writeCheckpoint"]> =>
    writer.writeCheckpoint(round, (folder) => writeState(fs, folder, round, "s1"));
  const rounds = async (): Promise<number[]> => (await store.listCheckpoints(runId)).map(({ round }) => round);

  test("one that is being written, or that failed, is not listed", async () => {
    await checkpoint(1);
    const failing = writer.writeCheckpoint(2, async (folder) => {
      await writeState(fs, folder, 2, "s1");
      assert.deepEqual(await rounds(), [1]);
      throw new Error("the engine died");
    });
    await assert.rejects(failing, /the engine died/);
    assert.deepEqual(await rounds(), [1]);
    await checkpoint(2);
    assert.deepEqual(await rounds(), [1, 2]);
  });

  test("one of the same round is replaced", async () => {
    await checkpoint(1);
    await writer.writeCheckpoint(1, (folder) => writeState(fs, folder, 1, "s2"));
    await assertState(fs, (await store.findCheckpoint(runId, 1)).dir, 1, "s2");
  });

  test("retention keeps the newest, those for ever, and that of a round that is not finished", async () => {
    for (let round = 0; round <= 5; round++) {
      await checkpoint(round);
      await commit(round);
    }
    assert.deepEqual(await writer.retainCheckpoints({ last: 2, always: [1, 7] }), [0, 2, 3]);
    assert.deepEqual(await rounds(), [1, 4, 5]);
    await checkpoint(6);
    assert.deepEqual(await writer.retainCheckpoints({ last: 1, always: [1] }), [4]);
    assert.deepEqual(await rounds(), [1, 5, 6]);
    assert.deepEqual(await writer.retainCheckpoints({ last: 0, always: [] }), [1, 5]);
    assert.deepEqual(await rounds(), [6]);
  });

  test("more rounds than six digits", async () => {
    for (const round of [1_000_000, 999_999]) await checkpoint(round);
    assert.deepEqual(await rounds(), [999_999, 1_000_000]);
  });

  test("one that does not exist: the error names those that do", async () => {
    const none = { code: "store/unknown-checkpoint", message: /no checkpoint of round 3/ };
    await assertRejects(store.findCheckpoint(runId, 3), { ...none, next: /has no checkpoints yet/ });
    await checkpoint(1);
    await checkpoint(2);
    await assertRejects(store.findCheckpoint(runId, 3), { ...none, next: /one of these rounds: 1, 2\./ });
  });
});
