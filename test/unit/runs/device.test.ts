import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { AbortedError, SparringError } from "../../../daemon/errors.ts";
import { Device } from "../../../daemon/runs/control/device.ts";

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function work(): { readonly run: () => Promise<void>; readonly end: () => void; readonly runs: () => boolean } {
  let isRunning = false;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = async (): Promise<void> => {
    isRunning = true;
    await ended;
    isRunning = false;
  };
  return { run, end, runs: () => isRunning };
}

const settle = (): Promise<void> => new Promise(setImmediate);

describe("the device", () => {
  test("training calls run side by side, interactive work alone", async () => {
    const device = new Device();
    const [a, b, chat] = [work(), work(), work()];
    const all = [device.train(a.run, never), device.train(b.run, never), device.interact(chat.run, never)];
    await settle();
    assert.deepEqual([a.runs(), b.runs(), chat.runs(), device.waiting], [true, true, false, 1]);
    a.end();
    await settle();
    assert.equal(chat.runs(), false, "it waits for all of them");
    b.end();
    await settle();
    assert.deepEqual([chat.runs(), device.waiting], [true, 0]);
    chat.end();
    await Promise.all(all);
  });

  test("training that comes while interactive work waits is held, and has the turn after it", async () => {
    const device = new Device();
    const [first, held, chat, next] = [work(), work(), work(), work()];
    const all = [
      device.train(first.run, never),
      device.interact(chat.run, never),
      device.interact(next.run, never),
      device.train(held.run, never),
    ];
    first.end();
    await settle();
    assert.deepEqual([chat.runs(), held.runs(), next.runs()], [true, false, false]);
    chat.end();
    await settle();
    assert.deepEqual([held.runs(), next.runs()], [true, false], "turns alternate");
    held.end();
    await settle();
    assert.equal(next.runs(), true);
    next.end();
    await Promise.all(all);
  });

  test("whoever is cancelled while waiting leaves, and lets the others in", async () => {
    const device = new Device();
    const [first, held] = [work(), work()];
    const cancel = new AbortController();
    const training = device.train(first.run, never);
    const chat = device.interact(async () => assert.fail("it was cancelled"), cancel.signal);
    const other = device.train(held.run, never);
    await settle();
    assert.equal(held.runs(), false);
    cancel.abort();
    await assert.rejects(chat, AbortedError);
    await settle();
    assert.equal(held.runs(), true, "nothing waits any more: training goes on at once");
    first.end();
    held.end();
    await Promise.all([training, other]);
  });

  test("work that fails gives the device back", async () => {
    const device = new Device();
    const fails = async (): Promise<void> => {
      throw new Error("no");
    };
    await assert.rejects(device.interact(fails, never), /no/);
    await assert.rejects(device.train(fails, never), /no/);
    assert.equal(await device.interact(async () => 1, never), 1);
  });

  test("a queue that is full says so", async () => {
    const device = new Device();
    const first = work();
    const training = device.train(first.run, never);
    const waiting = Array.from({ length: 16 }, () => device.interact(async () => {}, never));
    await assert.rejects(
      device.interact(async () => {}, never),
      (error) => error instanceof SparringError && error.code === "run/device-busy",
    );
    first.end();
    await Promise.all([training, ...waiting]);
  });

  test("whatever comes in whatever order: interactive work is alone, and everybody gets a turn", async () => {
    const request = fc.record({
      kind: fc.constantFrom("train" as const, "interact" as const),
      ticks: fc.nat(3),
      delay: fc.nat(5),
      cancelAfter: fc.option(fc.nat(4)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 14 }), async (requests) => {
        const device = new Device();
        const running = { train: 0, interact: 0 };
        const tick = async (count: number): Promise<void> => {
          for (let i = 0; i < count; i++) await Promise.resolve();
        };
        const outcomes = await Promise.allSettled(
          requests.map(async ({ kind, ticks, delay, cancelAfter }) => {
            await tick(delay);
            const cancel = new AbortController();
            if (cancelAfter !== null) void tick(cancelAfter).then(() => cancel.abort());
            return device[kind](async () => {
              running[kind]++;
              assert.ok(running.interact <= 1 && (running.interact === 0 || running.train === 0));
              await tick(ticks);
              running[kind]--;
            }, cancel.signal);
          }),
        );
        for (const outcome of outcomes) {
          if (outcome.status === "rejected") assert.ok(outcome.reason instanceof AbortedError, String(outcome.reason));
        }
        assert.deepEqual([running, device.waiting], [{ train: 0, interact: 0 }, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
