import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { layout } from "../../../daemon/store/layout.ts";
import { Store } from "../../../daemon/store/store.ts";
import { MemoryFileSystem } from "./memory-fs.ts";
import { afterPowerCut, anyPowerCut, powerCuts } from "./power-cut.ts";
import { pseudoRandom } from "./pseudo-random.ts";
import { assertRejects } from "./throws.ts";
import { home, RestartingProcesses, runId, runRecord } from "./trainer.ts";

const [openai, local] = ["https://api.openai.com", "http://127.0.0.1:8000"];

let fs: MemoryFileSystem;
let store: Store;
beforeEach(() => {
  fs = new MemoryFileSystem();
  store = new Store(home, { fs, processes: new RestartingProcesses() });
});

describe("what a run's user agreed to", () => {
  test("is nothing at first, is there before the run is, and is no run by itself", async () => {
    assert.deepEqual(await store.agreed(runId), []);
    await store.agree(runId, []);
    assert.deepEqual(fs.steps, [], "agreeing to nothing writes nothing");
    await store.agree(runId, [openai]);
    assert.deepEqual([await store.agreed(runId), await store.listAll()], [[openai], []]);
    const writer = await store.create(runRecord);
    await writer.recover();
    assert.deepEqual(await store.agreed(runId), [openai]);
    assert.deepEqual(await store.agreed("another"), []);
  });

  test("only grows, counts once, and keeps its first time, also when two agree at once", async () => {
    await store.agree(runId, [openai, openai]);
    const file = layout.agreed(store.dir(runId));
    const [first] = JSON.parse(String(await fs.read(file))).origins;
    await Promise.all([store.agree(runId, [local]), store.agree(runId, [openai, "https://other.example"])]);
    assert.deepEqual(await store.agreed(runId), [openai, local, "https://other.example"]);
    assert.deepEqual(JSON.parse(String(await fs.read(file))).origins[0], first);
  });

  test("that is broken or of a newer format is an error, and counts as nothing", async () => {
    await store.agree(runId, [openai]);
    const file = layout.agreed(store.dir(runId));
    const text = String(await fs.read(file));
    const broken: [content: string, code: string, next: RegExp][] = [
      [text.slice(0, 30), "store/corrupt-agreed", /Delete the file/],
      [text.replace('"origin"', '"server"'), "store/corrupt-agreed", /Delete the file/],
      [text.replace('"format": 1', '"format": 2'), "store/newer-format", /Update Sparring/],
    ];
    for (const [content, code, next] of broken) {
      await fs.write(file, Buffer.from(content));
      await assertRejects(store.agreed(runId), { code, message: /agreed\.json/, next, place: /agreed\.json$/ });
    }
  });
});

test("power cut after every step: what was acknowledged is there, and nothing that nobody said", async () => {
  const states = [[openai], [openai, local]];
  for (const origins of states) {
    await store.agree(runId, origins);
    fs.mark(origins);
  }
  const random = pseudoRandom(5);
  let checked = 0;
  for (let count = 0; count <= fs.steps.length; count++) {
    const acknowledged = fs.steps.slice(0, count).filter(({ kind }) => kind === "mark").length;
    const allowed = [[], ...states].slice(acknowledged, acknowledged + 2).map(String);
    for (const cut of [...powerCuts, anyPowerCut("any", random)]) {
      const after = new Store(home, { fs: afterPowerCut(fs, count, cut), processes: new RestartingProcesses() });
      const found = String(await after.agreed(runId));
      assert.ok(allowed.includes(found), `after step ${count}, ${cut.name}: ${found}`);
      checked++;
    }
  }
  assert.ok(checked > 70, `only ${checked} power cuts`);
});
