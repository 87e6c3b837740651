/** The iterations of an imitation, as its overview tells them: while it trains, after a restart, and of a fork that imitates nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { RunOverview } from "../../daemon/protocol.ts";
import { RunIndex } from "../../daemon/store/index/run-index.ts";
import { Store } from "../../daemon/store/store.ts";
import { bench, finished } from "./restart.ts";

const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, rounds: 4 }
algorithm: { name: spin }
imitation: { data: "builtin:addition-expert", batch: 4, iterations: 2 }
solver: { max_tokens: 5 }
eval: { every: 4, limit: 8 }
`;

test("a run that becomes its own opponent says in which iteration it is", async (t) => {
  const home = await bench(t);
  const { runs } = home;
  const told: RunOverview["iteration"][] = [];
  runs.on("changed", ({ id, iteration }) => id === "spin" && told.push(iteration));
  await runs.start({ run: "spin", config: { ...parseConfig(text, { file: "spin.sparring.yaml" }).config } });
  await finished(home, "spin");
  const distinct = told.filter((iteration, i) => iteration?.now !== told[i - 1]?.now);
  assert.deepEqual(distinct, [
    { now: 1, of: 2 },
    { now: 2, of: 2 },
  ]);

  const settings = ["algorithm.name=lsp-zero", "game.queries=4", "game.answers=4", "game.rounds=5"];
  await runs.fork({ run: "fork", parent: "spin", round: 4, settings: [...settings, "challenger.max_tokens=8"] });
  await finished(home, "fork");
  assert.equal((await runs.overview("fork")).iteration, undefined);

  const again = await RunIndex.open(new Store(home.home), { writeEveryMs: 1e6 });
  assert.deepEqual(again.facts("spin")?.iteration, { now: 2, of: 2 });
  assert.equal(again.facts("fork")?.iteration, undefined);
});
