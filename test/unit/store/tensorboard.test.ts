import assert from "node:assert/strict";
import { hostname } from "node:os";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import type { RoundRecord } from "../../../daemon/store/records.ts";
import { EventFile } from "../../../daemon/store/tensorboard/event-file.ts";
import { headerEvents, roundEvent } from "../../../daemon/store/tensorboard/events.ts";
import { crc32c, tfRecord } from "../../../daemon/store/tensorboard/tfrecord.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { decodeEvents, type Shown, showAll } from "./tensorboard-decoder.ts";

const dir = "/run";
const now = (): Date => new Date("2026-11-21T07:00:00.000Z");
let fs: MemoryFileSystem;
let problems: unknown[];

beforeEach(async () => {
  fs = new MemoryFileSystem();
  await fs.makeFolder(dir);
  problems = [];
});

const record = (round: number, metrics: RoundRecord["metrics"]): RoundRecord => ({
  round,
  finishedAt: new Date(1767225600_000 + round * 250).toISOString(),
  seconds: 1,
  phases: { solve: 0.5 },
  metrics,
  notes: [],
});
const rounds = (first: number, last: number, reward: number): RoundRecord[] =>
  Array.from({ length: last - first + 1 }, (_, i) => record(first + i, { "solver/reward": reward }));
const begin = (history: readonly RoundRecord[]): EventFile =>
  EventFile.begin(dir, history, (problem) => problems.push(problem), { fs, now });
const files = async (): Promise<string[]> => (await fs.list(dir)).map(({ name }) => name).sort();
/** What TensorBoard shows after reading all files in the order of their names. */
const shown = async (): Promise<Shown> =>
  showAll(await Promise.all((await files()).map(async (name) => fs.read(`${dir}/${name}`))));

describe("events", () => {
  test("are byte by byte those that TensorBoard's own code writes", () => {
    // Made by tensorboard-golden.py with tensorboard 2.21.0.
    const golden =
      "GAAAAAAAAACjf0siCQAA4D9uVdpBGg1icmFpbi5FdmVudDoyc/kI4A8AAAAAAAAAbVMrCQkAAOA/blXaQRADOgIIAROVaLxLAAAA" +
      "AAAAAIcJmZYJAAAwQG5V2kEQAyo+ChQKDWV2YWwvYWNjdXJhY3kVAACAPgoUCg1zb2x2ZXIvcmV3YXJkFQAAYEAKEAoJc29sdmVy" +
      "L2tsFaabRLt0h9vnRwAAAAAAAAC6w/ubCQAAQEBuVdpBEAQqOgoUCg1zb2x2ZXIvcmV3YXJkFQAAkEAKEAoJc29sdmVyL2tsFW8S" +
      "g7sKEAoJZ3JhZF9ub3JtFQAAAADer5uf";
    const file = Buffer.concat([
      headerEvents(1767225599.5, 3),
      roundEvent(record(3, { "eval/accuracy": 0.25, "solver/reward": 3.5, "solver/kl": -3e-3, "judge/gap": null })),
      roundEvent(record(4, { "eval/accuracy": null, "solver/reward": 4.5, "solver/kl": -4e-3, grad_norm: 0 })),
    ]);
    assert.equal(file.toString("base64"), golden);
  });

  test("carry any names and numbers", () => {
    const metrics = fc.dictionary(fc.string({ unit: "binary" }), fc.option(fc.float({ noNaN: true })));
    fc.assert(
      fc.property(fc.nat(), metrics, (round, values) => {
        const [event, ...more] = decodeEvents(roundEvent(record(round % 1_000_000, values)));
        assert.deepEqual(more, []);
        assert.equal(event!.step, round % 1_000_000);
        const expected = Object.entries(values).filter(([, value]) => value !== null);
        assert.deepEqual(event!.values, expected);
      }),
    );
  });

  test("have the checksum of RFC 3720", () => {
    assert.equal(crc32c(Buffer.from("123456789")), 0xe3069283);
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
    assert.equal(tfRecord(new Uint8Array()).length, 16);
  });
});

describe("an event file", () => {
  test("has the rounds that were there and those that come, in order", async () => {
    const file = begin(rounds(0, 3, 1));
    for (const round of rounds(4, 9, 2)) file.append(round);
    await file.close();
    assert.deepEqual(await files(), [`events.out.tfevents.1795244400.${hostname()}.${process.pid}.0`]);
    assert.deepEqual(
      (await shown())["solver/reward"],
      [1, 1, 1, 1, 2, 2, 2, 2, 2, 2].map((reward, i) => [i, reward]),
    );
    assert.deepEqual(problems, []);
  });

  test("of a later session takes the place of the rounds that TensorBoard shows, rewound ones included", async () => {
    const first = begin(rounds(0, 0, 1));
    for (const round of rounds(1, 9, 1)) first.append(round);
    await first.close();
    const second = begin(rounds(0, 4, 1));
    second.append(rounds(5, 5, 2)[0]!);
    await second.close();
    assert.equal((await files()).length, 2, "a TensorBoard that is open still reads the first");
    assert.deepEqual(
      (await shown())["solver/reward"],
      [1, 1, 1, 1, 1, 2].map((reward, i) => [i, reward]),
    );
    await begin(rounds(0, 5, 3)).close();
    await begin(rounds(0, 6, 4)).close();
    const names = await files();
    assert.equal(names.length, 2);
    assert.deepEqual((await shown())["solver/reward"]!.length, 7);
    assert.deepEqual(
      names.map((name) => name.split(".")[3]),
      ["1795244402", "1795244403"],
      "each name comes after those before, in the same second, too",
    );
  });

  test("of a fork begins with the fork's first round", async () => {
    await begin(rounds(0, 80, 1)).close();
    await begin(rounds(50, 60, 2)).close();
    const reward = (await shown())["solver/reward"]!;
    assert.deepEqual(reward.at(-1), [60, 2]);
    assert.equal(reward.length, 61);
  });

  test("of a run without rounds is a file that can be read", async () => {
    await begin([]).close();
    assert.deepEqual(await shown(), {});
  });

  test("misses nothing once a full disk has space again, and tells of it", async () => {
    fs.isFull = (operation) => operation === "append";
    const file = begin(rounds(0, 1, 1));
    await file.close();
    file.append(rounds(2, 2, 1)[0]!);
    await file.close();
    assert.equal(problems.length, 2);
    assert.match(String(problems[0]), /ENOSPC/);
    fs.isFull = () => false;
    file.append(rounds(3, 3, 1)[0]!);
    await file.close();
    assert.deepEqual(
      (await shown())["solver/reward"],
      [1, 1, 1, 1].map((reward, i) => [i, reward]),
    );
    assert.equal(problems.length, 2);
  });

  test("in a folder that is not there tells of it", async () => {
    const file = EventFile.begin("/nowhere", rounds(0, 1, 1), (problem) => problems.push(problem), { fs, now });
    await file.close();
    assert.match(String(problems[0]), /ENOENT/);
  });
});
