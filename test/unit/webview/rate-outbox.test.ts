import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Errand, Outbox } from "../../../webview/rate/outbox.ts";

const problemOf = (error: unknown) => ({ code: "test/failed", message: String(error), next: "" });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A daemon that keeps what arrives under its id, as the journal of ratings does, over a line that breaks. */
class FlakyDaemon {
  readonly standing = new Map<string, string>();
  readonly #undone = new Set<string>();
  /** How the next sendings go; well, when there are no more. `lost`: it arrives, and the reply is lost. */
  readonly luck: ("ok" | "broken" | "lost")[];

  constructor(luck: ("ok" | "broken" | "lost")[]) {
    this.luck = luck;
  }

  readonly send = async (errand: Errand<string>): Promise<void> => {
    const luck = this.luck.shift() ?? "ok";
    if (luck === "broken") throw new Error("no line");
    if (errand.kind === "remove") {
      this.standing.delete(errand.id);
      this.#undone.add(errand.id);
    } else {
      assert.ok(!this.#undone.has(errand.id), "an entry that was taken back is sent again");
      this.standing.set(errand.id, errand.entry);
    }
    if (luck === "lost") throw new Error("no reply");
  };
}

describe("the outbox", () => {
  test("sends in order, one at a time, and keeps what was not acknowledged", async () => {
    const arrived: string[] = [];
    let release: () => void = () => {};
    const outbox = new Outbox<string>(
      [],
      async ({ id }) => {
        arrived.push(id);
        await new Promise<void>((resolve) => {
          release = resolve;
        });
      },
      problemOf,
      () => {},
    );
    outbox.add("a", "one", "1");
    outbox.add("a", "two", "2");
    assert.deepEqual(arrived, ["one"]);
    assert.deepEqual(
      outbox.waiting.errands.map(({ id, tried }) => [id, tried]),
      [
        ["one", true],
        ["two", false],
      ],
    );
    release();
    await settled();
    assert.deepEqual(arrived, ["one", "two"]);
  });

  test("drops an entry that was never sent, and takes one back that may have arrived", async () => {
    const daemon = new FlakyDaemon(["lost"]);
    const outbox = new Outbox<string>([], daemon.send, problemOf, () => {});
    outbox.add("a", "one", "1");
    outbox.add("a", "two", "2");
    await settled();
    assert.equal(outbox.waiting.problem?.message, "Error: no reply");
    outbox.remove("a", "two");
    assert.deepEqual(
      outbox.waiting.errands.map(({ id }) => id),
      ["one"],
    );
    outbox.remove("a", "one");
    await settled();
    assert.deepEqual([...daemon.standing.keys()], []);
    assert.deepEqual(outbox.waiting.errands, []);
  });

  test("gives up only what did not get through, and goes on", async () => {
    const daemon = new FlakyDaemon(["broken"]);
    const outbox = new Outbox<string>([], daemon.send, problemOf, () => {});
    assert.equal(outbox.giveUp(), undefined);
    outbox.add("a", "one", "1");
    outbox.add("a", "two", "2");
    await settled();
    assert.equal(outbox.giveUp(), "one");
    await settled();
    assert.deepEqual([...daemon.standing.keys()], ["two"]);
  });

  test("leaves the rest to the panel that comes after, once it is closed", async () => {
    const sent: string[] = [];
    const send = async ({ id }: Errand<string>): Promise<void> => void sent.push(id);
    const first = new Outbox<string>([], send, problemOf, () => assert.ok(!isClosed));
    let isClosed = false;
    first.add("a", "one", "1");
    first.add("a", "two", "2");
    const kept = first.waiting.errands;
    first.close();
    isClosed = true;
    await settled();
    assert.deepEqual(sent, ["one"]);
    new Outbox<string>(kept, send, problemOf, () => {}).retry();
    await settled();
    assert.deepEqual(sent, ["one", "one", "two"]);
  });

  test("ends with the entries that stand, whatever the line did meanwhile", async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant("add" as const) },
      { weight: 2, arbitrary: fc.constant("remove the last" as const) },
      { weight: 1, arbitrary: fc.constant("wait" as const) },
      { weight: 1, arbitrary: fc.constant("retry" as const) },
    );
    const luck = fc.array(fc.constantFrom("ok" as const, "broken" as const, "lost" as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), luck, async (steps, lucks) => {
        const daemon = new FlakyDaemon([...lucks]);
        const outbox = new Outbox<string>([], daemon.send, problemOf, () => {});
        const standing: string[] = [];
        let made = 0;
        for (const each of steps) {
          if (each === "add") {
            const id = `id-${made++}`;
            standing.push(id);
            outbox.add("a", id, id);
          } else if (each === "remove the last") {
            const id = standing.pop();
            if (id !== undefined) outbox.remove("a", id);
          } else if (each === "retry") outbox.retry();
          else await settled();
        }
        while (outbox.waiting.errands.length > 0) {
          outbox.retry();
          await settled();
        }
        assert.deepEqual([...daemon.standing.keys()].sort(), standing.sort());
      }),
    );
  });
});
