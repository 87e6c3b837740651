import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { withClearErrors } from "../../../daemon/store/file-errors.ts";
import { Journal } from "../../../daemon/store/journal.ts";
import { layout } from "../../../daemon/store/layout.ts";
import { ratings, readRatings, setRatingsAside } from "../../../daemon/store/ratings.ts";
import type { Rating } from "../../../daemon/store/records.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { ratingOf, roundRecord } from "./trainer.ts";

/* What ratings share with other marks is in journal.test.ts. */

const dir = "/run";
const file = layout.ratings(dir);
let fs: MemoryFileSystem;
let journal: Journal<Rating>;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  await fs.makeFolder(dir);
  await fs.syncFolder("/");
  journal = await opened();
});

const opened = (): Promise<Journal<Rating>> => Journal.open(withClearErrors(fs), dir, ratings);
const rating = (id: string): Rating => ratingOf(1, id, "s1");
const ids = async (of: Journal<Rating>): Promise<string[]> => (await of.list()).map(({ id }) => id);

describe("ratings", () => {
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
