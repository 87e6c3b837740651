import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { runStateSchema } from "../../../daemon/protocol.ts";
import { layout } from "../../../daemon/store/layout.ts";
import { type RunStatus, runStates } from "../../../daemon/store/records.ts";
import { Store } from "../../../daemon/store/store.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, anyPowerCut, powerCuts } from "./power-cut.ts";
import { pseudoRandom } from "./pseudo-random.ts";
import { assertRejects } from "./throws.ts";
import { home, RestartingProcesses, runId, runRecord } from "./trainer.ts";

const queued: RunStatus = {
  format: 1,
  state: "queued",
  since: "2026-01-01T00:00:00.000Z",
  request: { kind: "start", config: { seed: 7 }, file: "/work/a.sparring.yaml", at: "2026-01-01T00:00:00.000Z" },
};
const forked: RunStatus = {
  format: 1,
  state: "queued",
  since: "2026-01-01T00:00:00.000Z",
  request: { kind: "fork", parent: runId, round: 3, settings: ["seed=8"], at: "2026-01-01T00:00:00.000Z" },
};
const failed: RunStatus = {
  format: 1,
  state: "failed",
  since: "2026-01-01T00:00:01.000Z",
  problem: { code: "engine/died", message: "The engine died.", next: "Resume the run." },
};

let fs: MemoryFileSystem;
let store: Store;
beforeEach(() => {
  fs = new MemoryFileSystem();
  store = new Store(home, { fs, processes: new RestartingProcesses() });
});

test("the states are those of the protocol", () => {
  assert.deepEqual(runStates, runStateSchema.options);
});

describe("a run's control state", () => {
  test("is there before the run is, and beside it", async () => {
    for (const status of [queued, forked]) {
      await store.writeStatus(runId, status);
      assert.deepEqual(await store.readStatus(runId), status);
    }
    assert.deepEqual(await store.listRuns(), []);
    assert.deepEqual(await store.listAll(), [runId]);
    assert.deepEqual(await store.readRounds(runId), []);
    assert.deepEqual(await store.listCheckpoints(runId), []);
    await assertRejects(store.readRun(runId), {
      code: "store/not-started",
      message: /"addition" was asked for and has not started/,
      next: /Wait/,
      place: /runs\/addition$/,
    });
    const writer = await store.create(runRecord);
    assert.deepEqual(await store.readStatus(runId), forked);
    await store.writeStatus(runId, failed);
    await writer.recover();
    assert.deepEqual(await store.readStatus(runId), failed);
    assert.deepEqual(await store.listRuns(), [runId]);
    assert.deepEqual(await store.listAll(), [runId]);
  });

  test("does not exist for a run that was made without the daemon, nor for one that is no run", async () => {
    await store.create(runRecord);
    assert.equal(await store.readStatus(runId), undefined);
    await assertRejects(store.readStatus("adition"), {
      code: "store/unknown-run",
      message: /no run "adition"/,
      next: /"addition"/,
    });
    await assert.rejects(store.writeStatus("../x", queued), /can't be the id/);
  });

  test("is suggested for a mistyped id, too", async () => {
    await store.writeStatus(runId, queued);
    await assertRejects(store.readRun("adition"), {
      code: "store/unknown-run",
      message: /no run "adition"/,
      next: /Did you mean "addition"\?/,
    });
  });

  test("that is broken or of a newer format is an error, and its run is still listed", async () => {
    await store.writeStatus(runId, queued);
    const file = layout.status(layout.run(home, runId));
    const text = String(await fs.read(file));
    const broken: [content: string, code: string, message: RegExp, next: RegExp][] = [
      ["", "store/corrupt-status", /it is not JSON/, /Delete the file/],
      [text.slice(0, 40), "store/corrupt-status", /it is not JSON/, /Delete the file/],
      [text.replace("queued", "dreaming"), "store/corrupt-status", /state: Invalid/, /Delete the file/],
      [text.replace('"format": 1', '"format": 2'), "store/newer-format", /format 2; this one/, /Update Sparring/],
    ];
    for (const [content, code, message, next] of broken) {
      await fs.write(file, Buffer.from(content));
      await assertRejects(store.readStatus(runId), { code, message, next, place: /addition\/status\.json$/ });
      assert.deepEqual(await store.listAll(), [runId]);
    }
  });

  test("is written in the order of the calls", async () => {
    const all = runStates.map((state): RunStatus => ({ ...failed, state }));
    await Promise.all(all.map((status) => store.writeStatus(runId, status)));
    assert.deepEqual(await store.readStatus(runId), all.at(-1));
  });
});

test("power cut after every step: the newest acknowledged state is there, or the one being written", async () => {
  const states = [queued, { ...failed, state: "running" as const }, failed];
  for (const status of states) {
    await store.writeStatus(runId, status);
    fs.mark(status);
  }
  const random = pseudoRandom(3);
  let checked = 0;
  for (let count = 0; count <= fs.steps.length; count++) {
    const acknowledged = fs.steps.slice(0, count).filter(({ kind }) => kind === "mark").length;
    const allowed = [undefined, ...states].slice(acknowledged, acknowledged + 2);
    for (const cut of [...powerCuts, ...Array.from({ length: 10 }, () => anyPowerCut("any", random))]) {
      const after = new Store(home, { fs: afterPowerCut(fs, count, cut), processes: new RestartingProcesses() });
      const found = (await after.listAll()).includes(runId) ? await after.readStatus(runId) : undefined;
      assert.ok(
        allowed.some((status) => status?.state === found?.state),
        `after step ${count}, ${cut.name}: ${found?.state}`,
      );
      await after.writeStatus(runId, queued);
      assert.deepEqual(await after.readStatus(runId), queued);
      checked++;
    }
  }
  assert.ok(checked > 200, `only ${checked} power cuts`);
});
