import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { toJsonLines } from "../../../daemon/store/jsonl.ts";
import { layout } from "../../../daemon/store/layout.ts";
import type { AlarmRecord, RoundRecord } from "../../../daemon/store/records.ts";
import { RoundSeries } from "../../../daemon/store/round-series.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { assertRejects } from "./throws.ts";
import { roundRecord } from "./trainer.ts";

const dir = "/run";
const file = layout.rounds(dir);
let fs: CountingFileSystem;
let series: RoundSeries;

class CountingFileSystem extends MemoryFileSystem {
  bytesRead = 0;

  override async readRange(path: string, start: number, end: number): Promise<Buffer> {
    const bytes = await super.readRange(path, start, end);
    this.bytesRead += bytes.length;
    return bytes;
  }
}

beforeEach(async () => {
  fs = new CountingFileSystem();
  await fs.makeFolder(dir);
  series = new RoundSeries(fs, dir);
});

const reward = (round: number, value: number | null | undefined, session = "s1"): RoundRecord => {
  const metrics: RoundRecord["metrics"] = value === undefined ? {} : { "solver/reward": value };
  return { ...roundRecord(round, session), metrics };
};
const append = (rounds: readonly RoundRecord[]): Promise<void> => fs.append(file, toJsonLines(rounds));
const rewards = async (after?: number): Promise<[number[], (number | null)[]]> => {
  const { rounds, columns } = await series.read(["solver/reward"], after);
  return [rounds, columns["solver/reward"]!];
};

describe("metrics as columns", () => {
  test("of no rounds are empty", async () => {
    assert.deepEqual(await rewards(), [[], []]);
  });

  test("are null where a round has none, or none that is finite; unknown ones everywhere", async () => {
    await append([reward(0, undefined), reward(1, 0.5), reward(2, null), reward(3, Number.NaN), reward(4, 0.25)]);
    assert.deepEqual(await rewards(), [
      [0, 1, 2, 3, 4],
      [null, 0.5, null, null, 0.25],
    ]);
    assert.deepEqual(await rewards(2), [
      [3, 4],
      [null, 0.25],
    ]);
    assert.deepEqual(await rewards(9), [[], []]);
    const { columns } = await series.read(["constructor", "no/such"]);
    assert.deepEqual(columns, {
      constructor: [null, null, null, null, null],
      "no/such": [null, null, null, null, null],
    });
  });

  test("come with the alarms that began in their rounds", async () => {
    const alarm: AlarmRecord = { kind: "kl", severity: "warning", sentence: "It drifts.", samples: [{ query: 1 }] };
    await append([reward(0, 0), { ...reward(1, 0), alarms: [alarm] }, { ...reward(2, 0), alarms: [alarm] }]);
    assert.deepEqual((await series.read([])).alarms, [
      { ...alarm, round: 1 },
      { ...alarm, round: 2 },
    ]);
    assert.deepEqual((await series.read([], 1)).alarms, [{ ...alarm, round: 2 }]);
  });

  test("read only what is new, and the line before it", async () => {
    await append(Array.from({ length: 2000 }, (_, round) => reward(round, round / 2000)));
    await rewards();
    const line = toJsonLines([reward(2000, 1)]).length;
    // A line that is only begun in one piece is read again with the next.
    assert.ok(fs.bytesRead < (await fs.size(file)) + line);
    fs.bytesRead = 0;
    await append([reward(2000, 1)]);
    assert.deepEqual(await rewards(1998), [
      [1999, 2000],
      [1999 / 2000, 1],
    ]);
    assert.equal(fs.bytesRead, toJsonLines([reward(1999, 1999 / 2000), reward(2000, 1)]).length);
  });

  test("are read anew where rounds are played again, whether the file is shorter then, as long, or longer", async () => {
    for (const again of [1, 2, 3]) {
      await fs.write(file, toJsonLines([reward(0, 0), reward(1, 0.5), reward(2, 0.5)]));
      await rewards();
      const rounds = [reward(0, 0), ...Array.from({ length: again }, (_, i) => reward(i + 1, 0.75, "s2"))];
      await fs.write(file, toJsonLines(rounds));
      assert.deepEqual((await rewards())[1], [0, ...new Array(again).fill(0.75)]);
    }
  });

  test("don't have a line that is not written to its end, until it is", async () => {
    const [whole, last] = [toJsonLines([reward(0, 0.5)]), toJsonLines([reward(1, 1)])];
    for (const torn of [last.subarray(0, 9), last.subarray(0, -1), Buffer.from("\0\0\0\n")]) {
      await fs.write(file, Buffer.concat([whole, torn]));
      assert.deepEqual((await rewards())[1], [0.5]);
    }
    await fs.write(file, Buffer.concat([whole, last]));
    assert.deepEqual((await rewards())[1], [0.5, 1]);
  });

  test("of a broken file are an error with its place", async () => {
    const lines = String(toJsonLines([reward(0, 0), reward(1, 0), reward(2, 0)])).split("\n");
    const broken: [string, RegExp][] = [
      [[lines[0], "{", lines[2], ""].join("\n"), /:2 is not the record of a round: it is not JSON/],
      [[lines[0], lines[2], ""].join("\n"), /:2 .*round 2 stands where 1 should/],
      [lines.join("\n").replace('"round":1', '"round":"1"'), /:2 .*round: .*expected number/],
    ];
    for (const [content, message] of broken) {
      await fs.write(file, Buffer.from(content));
      await assertRejects(rewards(), { code: "store/corrupt-rounds", message, next: /./, place: /rounds\.jsonl:2$/ });
    }
  });

  test("are those of all rounds, whatever was appended, cut and asked in between, also at once", async () => {
    const step = fc.oneof(
      fc.record({ keep: fc.nat(12), add: fc.array(fc.option(fc.double()), { maxLength: 6 }) }),
      fc.constant("ask" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await fs.write(file, new Uint8Array());
        series = new RoundSeries(fs, dir);
        let rounds: RoundRecord[] = [];
        for (const [session, each] of steps.entries()) {
          if (each === "ask") {
            const asked = await Promise.all([rewards(), rewards()]);
            const expected = rounds.map(({ metrics }) => metrics["solver/reward"] ?? null);
            const values = expected.map((value) => (value !== null && Number.isFinite(value) ? value : null));
            assert.deepEqual(asked, [
              [rounds.map(({ round }) => round), JSON.parse(JSON.stringify(values))],
              [rounds.map(({ round }) => round), JSON.parse(JSON.stringify(values))],
            ]);
            continue;
          }
          const kept = rounds.slice(0, each.keep);
          const added = each.add.map((value, i) => reward(kept.length + i, value, `s${session}`));
          rounds = [...kept, ...added];
          await fs.write(file, toJsonLines(rounds));
        }
      }),
      { numRuns: 100 },
    );
  });
});
