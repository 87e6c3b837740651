import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RunIndex } from "../../../../daemon/store/index/run-index.ts";
import { layout } from "../../../../daemon/store/layout.ts";
import { runStates } from "../../../../daemon/store/records.ts";
import { MemoryFileSystem } from "../memory-fs.ts";
import { home } from "../trainer.ts";
import { configOf, factsFromFiles, HomeOfRuns, lastRound, timeOf } from "./home-of-runs.ts";

const ids = ["a", "b", "c"];
const runAction = fc.record({
  does: fc.constantFrom("queue", "create", "fork", "play", "play", "play", "rate", "unrate", "status"),
  id: fc.constantFrom(...ids),
  accuracy: fc.option(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { nil: undefined }),
  withSnapshot: fc.boolean(),
  iteration: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
  state: fc.constantFrom(...runStates),
});
const indexAction = fc.record({
  does: fc.constantFrom("refresh", "crash", "close", "delete db", "tear db", "empty db"),
});
type Action = typeof runAction extends fc.Arbitrary<infer T> ? T : never;

/** What happens to a run; nothing where it makes no sense. @returns the run that changed */
async function act(runs: HomeOfRuns, action: Action, tick: number): Promise<void> {
  const { does, id, accuracy, withSnapshot, iteration, state } = action;
  const created = await runs.store.listRuns();
  const known = await runs.store.listAll();
  const problem = { code: "engine/died", message: "It died.", next: "Resume." };
  if (does === "queue" && !known.includes(id)) {
    const request = { kind: "start", config: configOf(id, tick), at: timeOf(tick) } as const;
    await runs.setStatus(id, { state: "queued", since: timeOf(tick), request });
  }
  if (does === "create" && !created.includes(id)) await runs.create(id, tick);
  if (does === "fork" && !created.includes(id)) await runs.create(id, tick, { run: "root", round: 2 });
  if (does === "status" && created.includes(id)) {
    await runs.setStatus(id, { state, since: timeOf(tick), ...(state === "failed" && { problem }) });
  }
  const last = created.includes(id) ? (await runs.store.readRounds(id)).at(-1)?.round : undefined;
  if (does === "play" && created.includes(id) && (last ?? 0) < lastRound) {
    await runs.play(id, accuracy, withSnapshot, iteration);
  }
  if (does === "rate" && created.includes(id)) await runs.rate(id, `${id}${tick}`);
  if (does === "unrate" && created.includes(id)) await runs.unrate(id);
}

test("after anything that happens, the index says what the files say", async () => {
  const history = fc.array(fc.oneof({ weight: 4, arbitrary: runAction }, { weight: 1, arbitrary: indexAction }), {
    minLength: 5,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(history, async (actions) => {
      const fs = new MemoryFileSystem();
      const runs = new HomeOfRuns(fs);
      const { store } = runs;
      await runs.create("root", 0);
      for (const id of ["root", "a"]) {
        if (id !== "root") await runs.create(id, 1);
        await runs.play(id, 0.5, true);
      }
      let index = await RunIndex.open(store, { writeEveryMs: 1e6 });
      const db = layout.index(home);
      for (const [tick, action] of actions.entries()) {
        if ("id" in action) await act(runs, action, tick);
        else if (action.does === "refresh") for (const id of await store.listAll()) await index.refresh(id);
        else {
          if (action.does !== "crash") await index.close();
          const isThere = (await fs.list(home)).some(({ name }) => name === "db.json");
          if (action.does === "delete db" && isThere) await fs.removeFile(db);
          if (action.does === "tear db" && isThere) await fs.truncate(db, Math.floor((await fs.size(db)) / 2));
          if (action.does === "empty db") await fs.write(db, Buffer.from("{}"));
          index = await RunIndex.open(store, { writeEveryMs: 1e6 });
          const known = await store.listAll();
          assert.deepEqual(
            index
              .list()
              .map(({ id }) => id)
              .sort(),
            known,
          );
          for (const id of known) assert.deepEqual(index.facts(id), await factsFromFiles(store, id));
        }
      }
      for (const id of await store.listAll()) {
        assert.deepEqual(await index.refresh(id), await factsFromFiles(store, id));
      }
    }),
    { numRuns: 200 },
  );
});
