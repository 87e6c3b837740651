import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { RunIndex } from "../../../../daemon/store/index/run-index.ts";
import { toJsonLines } from "../../../../daemon/store/jsonl.ts";
import { layout } from "../../../../daemon/store/layout.ts";
import type { RunRequest } from "../../../../daemon/store/records.ts";
import { MemoryFileSystem } from "../memory-fs.ts";
import { home, roundRecord } from "../trainer.ts";
import { configOf, factsFromFiles, HomeOfRuns, timeOf } from "./home-of-runs.ts";

let fs: MemoryFileSystem;
let runs: HomeOfRuns;
/** Files that were opened since. */
let read: string[];

beforeEach(async () => {
  fs = new MemoryFileSystem();
  read = [];
  for (const method of ["read", "readRange", "readChunks"] as const) {
    const original = fs[method].bind(fs) as (path: string, a: number, b: number) => never;
    fs[method] = (path: string, a?: number, b?: number): never => {
      read.push(path);
      return original(path, a!, b!);
    };
  }
  runs = new HomeOfRuns(fs);
  for (const [tick, id] of ["a", "b", "c"].entries()) {
    await runs.create(id, tick);
    await runs.play(id, 0.25, true);
    await runs.play(id, undefined, true);
    await runs.rate(id, "r");
  }
});

const opened = (): Promise<RunIndex> => RunIndex.open(runs.store, { writeEveryMs: 1e6 });
const listed = (index: RunIndex): string =>
  index
    .list()
    .map(({ id }) => id)
    .join(" ");

describe("the index", () => {
  test("lists the newest run first, and what each is", async () => {
    const index = await opened();
    assert.equal(listed(index), "c b a");
    assert.deepEqual(index.facts("a"), {
      id: "a",
      name: "Run a",
      state: "interrupted",
      since: (await runs.store.readRounds("a")).at(-1)!.finishedAt,
      createdAt: timeOf(0),
      algorithm: "lsp",
      task: "addition",
      model: "builtin:nano",
      seed: 7,
      round: 1,
      rounds: 4,
      accuracy: { first: 0.25, last: 0.25 },
      ratings: 1,
      workspace: "/work",
    });
    assert.equal(index.facts("zebra"), undefined);
    assert.deepEqual(index.notes, []);
  });

  test("reads only the runs that changed since it was written", async () => {
    await (await opened()).close();
    await runs.play("b", 0.5, true);
    read = [];
    const index = await opened();
    assert.deepEqual(
      read.filter((path) => !path.startsWith(layout.run(home, "b"))),
      [layout.index(home)],
    );
    assert.equal(index.facts("b")!.accuracy!.last, 0.5);
    await index.close();
    read = [];
    await opened();
    assert.deepEqual(read, [layout.index(home)]);
  });

  test("counts no ratings that a recovery set aside before it was killed", async () => {
    await (await opened()).close();
    const dir = layout.run(home, "a");
    await fs.makeFolder(layout.rewound(dir));
    await fs.makeFolder(`${layout.rewound(dir)}/x`);
    await fs.write(layout.ratings(`${layout.rewound(dir)}/x`), await fs.read(layout.ratings(dir)));
    assert.equal((await opened()).facts("a")!.ratings, 0);
  });

  test("that was harmed is made again, and says so", async () => {
    const index = await opened();
    const list = index.list();
    await index.close();
    const file = layout.index(home);
    const text = String(await fs.read(file));
    for (const content of ["", text.slice(0, -9), "[]", text.replace('"format":2', '"format":3'), "\0".repeat(99)]) {
      await fs.write(file, Buffer.from(content));
      const again = await opened();
      assert.deepEqual(again.list(), list);
      assert.match(again.notes.join(), /db\.json was not an index that this version reads; it was made again/);
      await again.close();
      assert.deepEqual((await opened()).notes, []);
    }
    await fs.removeFile(file);
    assert.deepEqual((await opened()).notes, []);
  });

  test("is not harmed by a disk that takes no index", async () => {
    const problems: unknown[] = [];
    const index = await RunIndex.open(runs.store, { writeEveryMs: 1e6, onProblem: (error) => problems.push(error) });
    fs.isFull = () => true;
    await index.close();
    assert.match(String(problems[0]), /No space is left to write .*db\.json/);
    assert.equal(listed(index), "c b a");
  });

  test("writes itself soon after a change, once", async () => {
    const index = await RunIndex.open(runs.store, { writeEveryMs: 5 });
    for (let i = 0; i < 20; i++) index.note("a", { round: i });
    const written = (): number => fs.steps.filter((step) => step.kind === "names" && step.changes.length === 2).length;
    const before = written();
    while (written() === before) await new Promise((resolve) => setTimeout(resolve, 1));
    await index.close();
    assert.equal(written(), before + 1);
  });

  test("shows notes at once, and the files' own words after the next start", async () => {
    const index = await opened();
    index.note("a", { round: 3, state: "running" });
    index.note("zebra", { round: 3 });
    assert.equal(index.facts("a")!.round, 3);
    assert.equal(index.facts("zebra"), undefined);
    await index.close();
    assert.deepEqual((await opened()).facts("a"), await factsFromFiles(runs.store, "a"));
  });

  test("keeps what is noted while the run is being read", async () => {
    const index = await opened();
    await runs.play("a", 0.75, true);
    const reading = index.refresh("a");
    index.note("a", { round: 3 });
    const facts = await reading;
    assert.equal(facts!.round, 3);
    assert.equal(facts!.accuracy!.last, 0.75);
    await index.refresh("a");
    assert.equal(index.facts("a")!.round, 2);
  });

  test("forgets a run whose folder is gone, and finds a new one", async () => {
    const index = await opened();
    await runs.create("d", 9);
    assert.equal((await index.refresh("d"))!.id, "d");
    assert.equal(listed(index), "d c b a");
    for (const id of ["b", "d"]) await fs.rename(layout.run(home, id), layout.run(home, `.${id}`));
    assert.equal(await index.refresh("b"), undefined);
    assert.equal(listed(index), "d c a");
    await index.close();
    assert.equal(listed(await opened()), "c a");
  });
});

describe("a run that has not started", () => {
  const at = timeOf(50);

  test("is what was asked for", async () => {
    const request = { kind: "start", config: configOf("New", 3), workspace: "/lab", at } as const;
    await runs.setStatus("new", { state: "queued", since: at, request });
    const { name, seed, state, round, rounds, createdAt, workspace, broken } = (await opened()).facts("new")!;
    assert.deepEqual(
      [name, seed, state, round, rounds, createdAt, workspace, broken],
      ["New", 3, "queued", null, 4, at, "/lab", undefined],
    );
  });

  test("and is a fork shows its parent's settings", async () => {
    const request: RunRequest = { kind: "fork", parent: "a", round: 1, settings: ["seed=9"], at };
    await runs.setStatus("fork", { state: "queued", since: at, request });
    const { name, algorithm, parent, createdAt } = (await opened()).facts("fork")!;
    assert.deepEqual([name, algorithm, parent, createdAt], ["Run a", "lsp", { run: "a", round: 1 }, at]);
  });

  test("and is a fork of a run that is gone is listed with that problem", async () => {
    const request: RunRequest = { kind: "fork", parent: "gone", round: 1, settings: [], at };
    await runs.setStatus("fork", { state: "queued", since: at, request });
    const { state, createdAt, broken } = (await opened()).facts("fork")!;
    assert.deepEqual([state, createdAt, broken?.code], ["queued", at, "store/unknown-run"]);
  });
});

describe("a run with a broken file", () => {
  const break_ = async (name: string, change: (text: string) => string): Promise<void> => {
    const path = `${layout.run(home, "b")}/${name}`;
    await fs.write(path, Buffer.from(change(String(await fs.read(path)))));
  };

  test("is listed with what the others say, and with the problem", async () => {
    await runs.setStatus("b", { state: "stopped", since: timeOf(40) });
    const whole = (await opened()).facts("b")!;
    const broken: [name: string, change: (text: string) => string, code: string, loses: object][] = [
      [
        "run.json",
        (text) => text.slice(0, 20),
        "store/corrupt-run",
        { name: "b", algorithm: "", task: "", model: "", seed: 0, rounds: 1, createdAt: timeOf(40) },
      ],
      ["run.json", (text) => text.replace('"rounds": 4', '"rounds": "four"'), "store/corrupt-run", {}],
      ["run.json", (text) => text.replace('"format": 1', '"format": 2'), "store/newer-format", {}],
      ["status.json", () => "", "store/corrupt-status", { state: "interrupted", since: whole.since }],
      [
        "rounds.jsonl",
        (text) => text.replaceAll("round", "bound"),
        "store/corrupt-rounds",
        { round: null, accuracy: null },
      ],
      ["ratings.jsonl", (text) => `x\n${text}`, "store/corrupt-ratings", { ratings: 0 }],
    ];
    for (const [name, change, code, loses] of broken) {
      const file = `${layout.run(home, "b")}/${name}`;
      const before = await fs.read(file);
      await break_(name, change);
      const index = await opened();
      assert.equal(listed(index).split(" ").length, 3);
      const { broken: problem, ...facts } = index.facts("b")!;
      assert.equal(problem?.code, code);
      assert.match(problem?.place ?? "", new RegExp(name));
      if (name !== "run.json" && name !== "status.json") assert.deepEqual(facts, { ...whole, ...loses });
      else
        for (const [key, value] of Object.entries(loses))
          if (key !== "since") assert.deepEqual(facts[key as "id"], value, key);
      await fs.write(file, before);
    }
    assert.deepEqual((await opened()).facts("b"), whole);
  });

  test("as one that is being created has no facts of its own yet", async () => {
    await fs.makeFolder(layout.run(home, "half"));
    assert.equal(listed(await opened()), "c b a");
  });
});

describe("the ends of rounds.jsonl", () => {
  const file = layout.rounds(layout.run(home, "a"));
  const line = (round: number, metrics: Record<string, number | null>, notes: string[] = []): Uint8Array =>
    toJsonLines([{ ...roundRecord(round, "s1"), metrics, notes }]);

  test("are enough, however long the file and rare its evaluations", async () => {
    const filler = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`metric ${i}`, i / 7]));
    const lines = Array.from({ length: 1000 }, (_, round) => line(round, filler));
    const sizeRead = async (): Promise<number> => {
      let bytes = 0;
      const readRange = fs.readRange.bind(fs);
      fs.readRange = (path, start, end) => {
        bytes += end - start;
        return readRange(path, start, end);
      };
      await (await opened()).refresh("a");
      fs.readRange = readRange;
      return bytes;
    };
    lines[0] = line(0, { "eval/accuracy": 0.1 });
    lines[990] = line(990, { "eval/accuracy": 0.9, ...filler });
    // A key that is null, and a text that looks like the key, are no evaluations.
    lines[995] = line(995, { "eval/accuracy": null });
    lines[997] = line(997, {}, ['"eval/accuracy":0.5,']);
    await fs.write(file, Buffer.concat(lines));
    assert.ok((await sizeRead()) < (await fs.size(file)) / 4);
    const facts = async (): Promise<unknown> => {
      const { round, accuracy } = (await opened()).facts("a")!;
      return [round, accuracy];
    };
    assert.deepEqual(await facts(), [999, { first: 0.1, last: 0.9 }]);
    lines[990] = line(990, filler);
    await fs.write(file, Buffer.concat(lines));
    assert.deepEqual(await facts(), [999, { first: 0.1, last: 0.1 }]);
    lines[0] = line(0, filler);
    lines[500] = line(500, { "eval/accuracy": 0.5 });
    await fs.write(file, Buffer.concat([...lines, Buffer.from('{"round":1000,"fin')]));
    assert.deepEqual(await facts(), [999, { first: 0.5, last: 0.5 }]);
    await fs.write(file, Buffer.concat([...lines, Buffer.from("\0\0\0\0}\n")]));
    assert.deepEqual(await facts(), [999, { first: 0.5, last: 0.5 }]);
  });
});
