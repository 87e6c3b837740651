import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { withClearErrors } from "../../../daemon/store/file-errors.ts";
import { layout } from "../../../daemon/store/layout.ts";
import { readRatings, setRatingsAside } from "../../../daemon/store/rating-lines.ts";
import { RatingsJournal } from "../../../daemon/store/ratings.ts";
import type { Rating } from "../../../daemon/store/records.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, powerCuts } from "./power-cut.ts";
import { assertRejects } from "./throws.ts";
import { ratingOf, roundRecord } from "./trainer.ts";

const dir = "/run";
const file = layout.ratings(dir);
let fs: MemoryFileSystem;
let journal: RatingsJournal;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  await fs.makeFolder(dir);
  await fs.syncFolder("/");
  journal = await opened();
});

const opened = (): Promise<RatingsJournal> => RatingsJournal.open(withClearErrors(fs), dir);
const rating = (id: string): Rating => ratingOf(1, id, "s1");
const ids = async (of: RatingsJournal): Promise<string[]> => (await of.list()).map(({ id }) => id);

describe("ratings", () => {
  test("are listed in their order, also after a restart; nothing is created before the first", async () => {
    assert.equal(await journal.count(), 0);
    assert.deepEqual(await fs.list(dir), []);
    const counts = await Promise.all(["b", "a", "c"].map((id) => journal.add(rating(id))));
    assert.deepEqual(counts, [1, 2, 3]);
    assert.equal(await journal.undo("a"), 2);
    for (const each of [journal, await opened()]) {
      assert.deepEqual(await each.list(), [rating("b"), rating("c")]);
      assert.equal(await each.count(), 2);
    }
    assert.deepEqual(await readRatings(fs, dir), [rating("b"), rating("c")]);
    assert.equal(String(await fs.read(file)).split("\n").length, 5, "an undo is a line of its own");
  });

  test("sent twice count once, whatever the time of the second", async () => {
    await journal.add(rating("a"));
    const bytes = await fs.size(file);
    for (const each of [journal, await opened()]) {
      assert.equal(await each.add({ ...rating("a"), at: "2027-01-01T00:00:00.000Z" }), 1);
    }
    assert.equal(await fs.size(file), bytes);
    assert.deepEqual(await journal.list(), [rating("a")]);
  });

  test("with an id that is taken or was taken back are refused", async () => {
    await journal.add(rating("a"));
    for (const other of [
      { ...rating("a"), score: 4 },
      { ...rating("a"), seconds: 3 },
    ]) {
      await assertRejects(journal.add(other), {
        code: "store/rating-conflict",
        message: /another rating with the id "a"/,
        next: /an id of its own/,
        place: /ratings\.jsonl$/,
      });
    }
    await journal.undo("a");
    for (const each of [journal, await opened()]) {
      await assertRejects(each.add(rating("a")), {
        code: "store/rating-undone",
        message: /"a" was taken back/,
        next: /a new id/,
      });
    }
  });

  test("are taken back once, and only where there is one", async () => {
    await assertRejects(journal.undo("a"), {
      code: "store/unknown-rating",
      message: /No rating with the id "a"/,
      next: /--list/,
    });
    await journal.add(rating("a"));
    assert.equal(await journal.undo("a"), 0);
    const bytes = await fs.size(file);
    assert.equal(await journal.undo("a"), 0);
    assert.equal(await fs.size(file), bytes);
  });

  test("of rounds that were set aside do not stand, also in a journal that is open", async () => {
    await journal.add(rating("a"));
    await journal.add(rating("b"));
    await fs.makeFolder(layout.rewound(dir));
    await fs.makeFolder(`${layout.rewound(dir)}/x`);
    const [line] = String(await fs.read(file)).split("\n");
    await fs.write(layout.ratings(`${layout.rewound(dir)}/x`), Buffer.from(`${line}\n`));
    for (const each of [journal, await opened()]) {
      assert.deepEqual(await ids(each), ["b"]);
      assert.equal(await each.add(rating("a")), 1, "sent again, it is no error and stays aside");
      await assert.rejects(each.undo("a"), /No rating with the id "a" stands/);
    }
  });
});

test("ratings are set aside again after a recovery was killed, those that were made since included", async () => {
  const folder = `${layout.rewound(dir)}/x`;
  await fs.makeFolder(layout.rewound(dir));
  await fs.makeFolder(folder);
  const rounds = [roundRecord(1, "s1"), roundRecord(2, "s1")];
  await setRatingsAside(fs, dir, folder, rounds);
  assert.deepEqual(await fs.list(folder), [], "no rating, no file");
  for (const [round, id] of ["before", "a", "b", "after"].entries()) await journal.add(ratingOf(round, id, "s1"));
  for (const id of ["c", "d"]) {
    await setRatingsAside(fs, dir, folder, rounds);
    await journal.add(ratingOf(2, id, "s1"));
  }
  assert.deepEqual(await ids(journal), ["before", "after", "d"]);
  assert.deepEqual(
    (await readRatings(fs, folder)).map(({ id }) => id),
    ["a", "b", "c"],
  );
});

describe("a file of ratings", () => {
  test("whose last line was cut short loses that line at the next start, and can be written", async () => {
    await journal.add(rating("a"));
    const whole = await fs.size(file);
    for (const torn of ['{"rating":{"id":"b"', "\0\0\0\0}\n"]) {
      await fs.append(file, Buffer.from(torn));
      const again = await opened();
      assert.equal(await fs.size(file), whole);
      assert.deepEqual(await ids(again), ["a"]);
    }
    await (await opened()).add(rating("c"));
    assert.deepEqual(await ids(await opened()), ["a", "c"]);
  });

  test("with a broken line in the middle is an error with its place, and stays as it is", async () => {
    for (const id of ["a", "b"]) await journal.add(rating(id));
    const text = String(await fs.read(file));
    const broken: [content: string, message: RegExp][] = [
      [text.replace("rating", "rat\0ing"), /ratings\.jsonl:1 is not a rating: it is not JSON/],
      [text.replace('"score":5', '"score":8'), /ratings\.jsonl:1 is not a rating: rating\.score: .*<=7/],
      [text.replace('"rating"', '"rated"'), /ratings\.jsonl:1 is not a rating: rating: .*expected object/],
    ];
    for (const [content, message] of broken) {
      await fs.write(file, Buffer.from(content));
      const steps = fs.steps.length;
      await assertRejects(opened(), {
        code: "store/corrupt-ratings",
        message,
        next: /Correct that line/,
        place: /ratings\.jsonl:1$/,
      });
      assert.equal(fs.steps.length, steps);
    }
  });

  test("on a full disk takes nothing, and goes on when there is space: every step of a write", async () => {
    let failures = 0;
    for (let failing = 0; ; failing++) {
      fs = new MemoryFileSystem();
      await fs.makeFolder(dir);
      await fs.syncFolder("/");
      journal = await opened();
      let growing = 0;
      fs.isFull = () => growing++ === failing;
      for (const id of ["a", "b", "c"]) {
        try {
          await journal.add(rating(id));
        } catch (error) {
          assert.match(String(error), /No space is left/);
          failures++;
          const before = await ids(journal);
          assert.ok(!before.includes(id));
          assert.deepEqual(await ids(await opened()), before, "what was refused is not there after a restart");
          await journal.add(rating(id));
        }
      }
      assert.deepEqual(await ids(await opened()), ["a", "b", "c"]);
      if (failing >= growing) break;
    }
    assert.equal(failures, 7, "an append and a flush each, and once the folder's");
  });

  test("that could not be put right after a full disk is put right by the next write", async () => {
    await journal.add(rating("a"));
    const truncate = fs.truncate.bind(fs);
    fs.isFull = (operation) => operation === "append";
    fs.truncate = () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
    await assert.rejects(journal.add(rating("b")), /No space is left/);
    fs.isFull = () => false;
    await assert.rejects(journal.add(rating("c")), /EIO/);
    fs.truncate = truncate;
    await journal.add(rating("d"));
    assert.deepEqual(await ids(await opened()), ["a", "d"]);
  });

  test("a rating that a killed process had written is flushed before it is acknowledged again", async () => {
    await fs.append(file, Buffer.from(`${JSON.stringify({ rating: rating("a") })}\n`));
    const again = await opened();
    await again.add(rating("a"));
    for (const cut of powerCuts) {
      assert.deepEqual(await readRatings(afterPowerCut(fs, fs.steps.length, cut), dir), [rating("a")], cut.name);
    }
  });
});
