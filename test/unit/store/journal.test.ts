import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { withClearErrors } from "../../../daemon/store/file-errors.ts";
import { Journal } from "../../../daemon/store/journal.ts";
import { type Mark, type MarkKind, readMarkLines, standing } from "../../../daemon/store/mark-lines.ts";
import { picks } from "../../../daemon/store/picks.ts";
import { ratings } from "../../../daemon/store/ratings.ts";
import type { PickRecord } from "../../../daemon/store/records.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, powerCuts } from "./power-cut.ts";
import { assertRejects } from "./throws.ts";
import { ratingOf } from "./trainer.ts";

/* What all marks that people make have in common, for each kind of them. */

const dir = "/run";

function pickOf(id: string): PickRecord {
  const at = "2026-01-02T00:00:00.000Z";
  const sides: PickRecord["sides"] = [
    { run: "addition", weights: "current" },
    { run: "addition", weights: { checkpoint: 3 } },
  ];
  return { id, at, rater: "ada", prompt: "1+2", sides, answers: ["3", "4"], choice: "first", blind: true };
}

/** How a kind is tested. */
interface Example<T extends Mark> {
  readonly kind: MarkKind<T>;
  readonly mark: (id: string) => T;
  /** The same mark with another content. */
  readonly others: readonly object[];
  /** A value that a line has, one that it must not have, and how that is said. */
  readonly wrong: readonly [string, string, RegExp];
  readonly codes: Readonly<Record<"conflict" | "undone" | "unknown" | "corrupt", string>>;
}

const ratingExample: Example<ReturnType<typeof ratingOf>> = {
  kind: ratings,
  mark: (id) => ratingOf(1, id, "s1"),
  others: [{ score: 4 }, { seconds: 3 }],
  wrong: ['"score":5', '"score":8', /:1 is not a rating: rating\.score: .*<=7/],
  codes: {
    conflict: "store/rating-conflict",
    undone: "store/rating-undone",
    unknown: "store/unknown-rating",
    corrupt: "store/corrupt-ratings",
  },
};
const pickExample: Example<PickRecord> = {
  kind: picks,
  mark: pickOf,
  others: [{ choice: "tie" }, { comment: "both" }, { sides: [...pickOf("a").sides].reverse() }],
  wrong: ['"choice":"first"', '"choice":"best"', /:1 is not a choice between two answers: pick\.choice: /],
  codes: {
    conflict: "store/pick-conflict",
    undone: "store/pick-undone",
    unknown: "store/unknown-pick",
    corrupt: "store/corrupt-picks",
  },
};

function suite<T extends Mark>({ kind, mark, others, wrong, codes }: Example<T>): void {
  const file = kind.file(dir);
  let fs: MemoryFileSystem;
  let journal: Journal<T>;

  beforeEach(async () => {
    await begin();
  });

  async function begin(): Promise<void> {
    fs = new MemoryFileSystem();
    await fs.makeFolder(dir);
    await fs.syncFolder("/");
    journal = await opened();
  }
  const opened = (): Promise<Journal<T>> => Journal.open(withClearErrors(fs), dir, kind);
  const ids = async (of: Journal<T>): Promise<string[]> => (await of.list()).map(({ id }) => id);

  describe(`marks: ${kind.name}s`, () => {
    test("are listed in their order, also after a restart; nothing is created before the first", async () => {
      assert.equal(await journal.count(), 0);
      assert.deepEqual(await fs.list(dir), []);
      const counts = await Promise.all(["b", "a", "c"].map((id) => journal.add(mark(id))));
      assert.deepEqual(counts, [1, 2, 3]);
      assert.equal(await journal.undo("a"), 2);
      for (const each of [journal, await opened()]) {
        assert.deepEqual(await each.list(), [mark("b"), mark("c")]);
        assert.equal(await each.count(), 2);
      }
      assert.equal(String(await fs.read(file)).split("\n").length, 5, "an undo is a line of its own");
    });

    test("sent twice count once, whatever the time of the second", async () => {
      await journal.add(mark("a"));
      const bytes = await fs.size(file);
      for (const each of [journal, await opened()]) {
        assert.equal(await each.add({ ...mark("a"), at: "2027-01-01T00:00:00.000Z" }), 1);
      }
      assert.equal(await fs.size(file), bytes);
      assert.deepEqual(await journal.list(), [mark("a")]);
    });

    test("with an id that is taken or was taken back are refused", async () => {
      await journal.add(mark("a"));
      for (const other of others) {
        await assertRejects(journal.add({ ...mark("a"), ...other }), {
          code: codes.conflict,
          message: /another (rating|choice) with the id "a"/,
          next: /an id of its own/,
          place: /s\.jsonl$/,
        });
      }
      await journal.undo("a");
      for (const each of [journal, await opened()]) {
        await assertRejects(each.add(mark("a")), {
          code: codes.undone,
          message: /"a" was taken back/,
          next: /a new id/,
        });
      }
    });

    test("are taken back once, and only where there is one", async () => {
      await assertRejects(journal.undo("a"), { code: codes.unknown, message: /with the id "a" stands/, next: /\S/ });
      await journal.add(mark("a"));
      assert.equal(await journal.undo("a"), 0);
      const bytes = await fs.size(file);
      assert.equal(await journal.undo("a"), 0);
      assert.equal(await fs.size(file), bytes);
    });
  });

  describe(`a file of ${kind.name}s`, () => {
    test("whose last line was cut short loses that line at the next start, and can be written", async () => {
      await journal.add(mark("a"));
      const whole = await fs.size(file);
      for (const torn of [`{"${kind.name}":{"id":"b"`, "\0\0\0\0}\n"]) {
        await fs.append(file, Buffer.from(torn));
        const again = await opened();
        assert.equal(await fs.size(file), whole);
        assert.deepEqual(await ids(again), ["a"]);
      }
      await (await opened()).add(mark("c"));
      assert.deepEqual(await ids(await opened()), ["a", "c"]);
    });

    test("with a broken line in the middle is an error with its place, and stays as it is", async () => {
      for (const id of ["a", "b"]) await journal.add(mark(id));
      const text = String(await fs.read(file));
      const broken: [content: string, message: RegExp][] = [
        [text.replace(kind.name, "r\0"), /:1 is not a .*: it is not JSON/],
        [text.replace(wrong[0], wrong[1]), wrong[2]],
        [text.replace(`"${kind.name}"`, '"marked"'), new RegExp(`:1 is not a .*: ${kind.name}: .*expected object`)],
      ];
      for (const [content, message] of broken) {
        await fs.write(file, Buffer.from(content));
        const steps = fs.steps.length;
        await assertRejects(opened(), {
          code: codes.corrupt,
          message,
          next: /Correct that line/,
          place: /s\.jsonl:1$/,
        });
        assert.equal(fs.steps.length, steps);
      }
    });

    test("on a full disk takes nothing, and goes on when there is space: every step of a write", async () => {
      let failures = 0;
      for (let failing = 0; ; failing++) {
        await begin();
        let growing = 0;
        fs.isFull = () => growing++ === failing;
        for (const id of ["a", "b", "c"]) {
          try {
            await journal.add(mark(id));
          } catch (error) {
            assert.match(String(error), /No space is left/);
            failures++;
            const before = await ids(journal);
            assert.ok(!before.includes(id));
            assert.deepEqual(await ids(await opened()), before, "what was refused is not there after a restart");
            await journal.add(mark(id));
          }
        }
        assert.deepEqual(await ids(await opened()), ["a", "b", "c"]);
        if (failing >= growing) break;
      }
      assert.equal(failures, 7, "an append and a flush each, and once the folder's");
    });

    test("that could not be put right after a full disk is put right by the next write", async () => {
      await journal.add(mark("a"));
      const truncate = fs.truncate.bind(fs);
      fs.isFull = (operation) => operation === "append";
      fs.truncate = () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
      await assert.rejects(journal.add(mark("b")), /No space is left/);
      fs.isFull = () => false;
      await assert.rejects(journal.add(mark("c")), /EIO/);
      fs.truncate = truncate;
      await journal.add(mark("d"));
      assert.deepEqual(await ids(await opened()), ["a", "d"]);
    });

    test("keeps what was acknowledged through a power cut after any step, whatever becomes of what was not flushed", async () => {
      const acknowledged: { steps: number; ids: string[] }[] = [];
      for (const id of ["a", "b", "c"]) {
        await journal.add(mark(id));
        if (id === "b") await journal.undo("a");
        acknowledged.push({ steps: fs.steps.length, ids: await ids(journal) });
      }
      for (let steps = 0; steps <= fs.steps.length; steps++) {
        const known = acknowledged.filter((each) => each.steps <= steps).at(-1);
        for (const cut of powerCuts) {
          const disk = withClearErrors(afterPowerCut(fs, steps, cut));
          const found = await ids(await Journal.open(disk, dir, kind));
          if (known?.steps === steps) assert.deepEqual(found, known.ids, `${cut.name} after step ${steps}`);
          // Between two acknowledgements there may be more than was told, and "a" is taken back on the way to the second.
          const lost = known?.ids.filter((id) => id !== "a" && !found.includes(id)) ?? [];
          assert.deepEqual(lost, [], `${cut.name} after step ${steps}`);
        }
      }
    });

    test("a mark that a killed process had written is flushed before it is acknowledged again", async () => {
      await fs.append(file, Buffer.from(`${JSON.stringify({ [kind.name]: mark("a") })}\n`));
      const again = await opened();
      await again.add(mark("a"));
      for (const cut of powerCuts) {
        const { values } = await readMarkLines(afterPowerCut(fs, fs.steps.length, cut), dir, kind);
        assert.deepEqual([...standing(values, new Set()).values()], [mark("a")], cut.name);
      }
    });
  });
}

suite(ratingExample);
suite(pickExample);
