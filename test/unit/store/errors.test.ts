import assert from "node:assert/strict";
import { join } from "node:path";
import { beforeEach, describe, test } from "node:test";
import { layout } from "../../../daemon/store/layout.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { assertRejects } from "./throws.ts";
import { home, RestartingProcesses, runId, runRecord, Trainer } from "./trainer.ts";

const dir = layout.run(home, runId);
let fs: MemoryFileSystem;
let trainer: Trainer;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  trainer = new Trainer(fs, 1, new RestartingProcesses());
  await trainer.create();
  for (let round = 0; round <= 2; round++) await trainer.commit(round);
});

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await fs.write(path, Buffer.from(change(String(await fs.read(path)))));
}

/** A Trainer for the same run, as after a restart. */
async function restarted(): Promise<Trainer> {
  await trainer.close();
  return new Trainer(fs, 2, new RestartingProcesses());
}

describe("runs", () => {
  test("an unknown id suggests the nearest", async () => {
    await assertRejects(trainer.store.readRun("adition"), {
      code: "store/unknown-run",
      message: /no run "adition"/,
      next: /Did you mean "addition"\?/,
      place: /runs$/,
    });
    await assertRejects(trainer.store.readRounds("zebra"), {
      code: "store/unknown-run",
      message: /no run "zebra"/,
      next: /sparring list/,
    });
    await assertRejects(new Trainer(new MemoryFileSystem(), 1, new RestartingProcesses()).store.open("zebra"), {
      code: "store/unknown-run",
      message: /no run "zebra"/,
      next: /Start one first/,
    });
  });

  test("an id that is no folder name is refused before any file is touched", async () => {
    for (const id of ["../other", "", ".hidden", "a/b", "a\0b", "x".repeat(101)]) {
      const steps = fs.steps.length;
      await assertRejects(trainer.store.create({ ...runRecord, id }), {
        code: "store/bad-run-id",
        message: /can't be the id/,
        next: /letters, digits/,
      });
      await assertRejects(trainer.store.readSamples(id, 0), {
        code: "store/bad-run-id",
        message: /can't be the id/,
        next: /letters, digits/,
      });
      assert.equal(fs.steps.length, steps);
    }
  });

  test("an id that is taken", async () => {
    const second = await restarted();
    await assertRejects(second.store.create(runRecord), {
      code: "store/run-exists",
      message: /is a run "addition" already/,
      next: /another id, or resume/,
    });
    assert.equal((await second.recover()).from?.round, 2);
  });

  test("run.json of a newer format, broken, or not a run's", async () => {
    const file = layout.record(dir);
    const record = await fs.read(file);
    await edit(file, (text) => text.replace('"format": 1', '"format": 2'));
    await assertRejects(trainer.store.open(runId), {
      code: "store/newer-format",
      message: /format 2; this one reads format 1/,
      next: /Update Sparring/,
      place: /run\.json$/,
    });
    await fs.write(file, record.subarray(0, 50));
    await assertRejects(trainer.store.readRun(runId), {
      code: "store/corrupt-run",
      message: /run\.json is not the record of a run: it is not JSON/,
      next: /backup/,
    });
    await fs.write(file, record);
    await edit(file, (text) => text.replace('"seed": 7', '"seed": "seven"'));
    await assertRejects(trainer.store.readRun(runId), {
      code: "store/corrupt-run",
      message: /lineage\.seed: .*expected number/,
      next: /backup/,
    });
    assert.equal((await trainer.store.readRounds(runId)).length, 3, "rounds can be read without run.json");
  });
});

describe("rounds and samples", () => {
  test("a broken line in the middle is named", async () => {
    const second = await restarted();
    await edit(layout.rounds(dir), (text) => text.replace('"round":1', '"round":1}'));
    for (const work of [() => second.recover(), () => second.store.readRounds(runId)]) {
      await assertRejects(work(), {
        code: "store/corrupt-rounds",
        message: /rounds\.jsonl:2 is not the record of a round: it is not JSON/,
        next: /fork from a checkpoint/,
        place: /rounds\.jsonl:2$/,
      });
    }
  });

  test("a value of the wrong type, a gap and a repetition are named", async () => {
    const whole = await fs.read(layout.rounds(dir));
    const broken = async (pattern: string, by: string, message: RegExp): Promise<void> => {
      await fs.write(layout.rounds(dir), whole);
      await edit(layout.rounds(dir), (text) => text.replace(pattern, by));
      await assertRejects(trainer.store.readRounds(runId), { code: "store/corrupt-rounds", message, next: /backup/ });
    };
    await broken('"solver/reward":0.5', '"solver/reward":"high"', /rounds\.jsonl:1 .*metrics\.solver\/reward/);
    await broken('"round":2', '"round":3', /rounds\.jsonl:3 .*round 3 stands where 2 should/);
    await broken('"round":2', '"round":1', /rounds\.jsonl:3 .*round 1 stands where 2 should/);
  });

  test("samples that are missing, cut short, broken, or not UTF-8", async () => {
    await assertRejects(trainer.store.readSamples(runId, 9), {
      code: "store/no-samples",
      message: /no samples of round 9/,
      next: /a round that this run has finished/,
    });
    const file = layout.samples(dir, 1);
    const whole = await fs.read(file);
    const broken = async (data: Buffer, message: RegExp, place: RegExp): Promise<void> => {
      await fs.write(file, data);
      await assertRejects(trainer.store.readSamples(runId, 1), {
        code: "store/corrupt-samples",
        message,
        next: /training goes on without it/,
        place,
      });
    };
    await broken(whole.subarray(0, -1), /cut short/, /samples\/000001\.jsonl:2$/);
    await broken(
      Buffer.from(String(whole).replace('"V":0.5', '"V":"half"')),
      /V: .*expected number/,
      /000001\.jsonl:1$/,
    );
    const notText = Buffer.from(whole);
    notText[notText.indexOf("1+0")] = 0xff;
    await broken(notText, /not JSON/, /000001\.jsonl:1$/);
  });

  test("an operation on a round out of order is a bug, and changes nothing", async () => {
    await assert.rejects(trainer.commit(4), /round 4 came where 3 is next/);
    await assert.rejects(trainer.commit(2), /round 2 came where 3 is next/);
    await trainer.commit(3);
    const second = await restarted();
    const writer = await second.store.open(runId);
    await assert.rejects(
      writer.commitRound({ record: { ...(await second.store.readRounds(runId))[3]!, round: 4 }, queries: [] }),
      /recover\(\) must come first/,
    );
  });
});

describe("recovery", () => {
  test("no whole slot: an error instead of starting over", async () => {
    const second = await restarted();
    for (const slot of ["a", "b"] as const) {
      await fs.write(join(layout.slot(dir, slot), "weights.safetensors"), Buffer.from("rot"));
    }
    const before = fs.steps.length;
    await assertRejects(second.recover(), {
      code: "store/recovery-damaged",
      message: /tried round 2 and round 1/,
      next: /Fork from its newest checkpoint/,
      place: /recovery$/,
    });
    const touched = fs.steps.slice(before).filter(({ kind }) => kind === "data");
    assert.deepEqual(touched, []);
  });

  test("rounds.jsonl that lost its lines: refused, so that samples are not taken for leftovers", async () => {
    const second = await restarted();
    await fs.write(layout.rounds(dir), new Uint8Array());
    await assertRejects(second.recover(), {
      code: "store/corrupt-rounds",
      message: /newest round in .*rounds\.jsonl is none, but there are samples or checkpoints of round 2/,
      next: /samples and checkpoints are untouched/,
    });
    assert.equal((await second.store.readSamples(runId, 0)).length, 2);
  });

  test("a snapshot that fails leaves the round uncommitted and its error as it was", async () => {
    const second = await restarted();
    const writer = await second.store.open(runId);
    await writer.recover();
    const record = { ...(await second.store.readRounds(runId))[2]!, round: 3 };
    const failing = writer.commitRound({
      record,
      queries: [],
      saveState: () => Promise.reject(new Error("the engine died")),
    });
    await assert.rejects(failing, /the engine died/);
    assert.equal((await second.store.readRounds(runId)).length, 3);
    const { from } = await writer.recover();
    assert.equal(from?.round, 2);
  });
});
