/** A run that pauses itself: its state says why, and told to go on it does so without ringing again. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { NotificationParamsOf, RunOverview } from "../../daemon/protocol.ts";
import { Supervisor } from "../../daemon/runs/control/supervisor.ts";
import type { RunStatus } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { bench, finished } from "./restart.ts";

// Any step at all is too far from the reference, so it rings as soon as one was taken, and stays on.
const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 8, answers: 4, rounds: 4 }
algorithm: { name: lsp-zero }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 4, limit: 8 }
alarms: { window: 1, kl: { above: 1.0e-6, action: pause } }
`;

/** How the next daemon finds the run in a copy of its home, whose last daemon left it in that status. */
async function foundAfter(
  t: TestContext,
  home: string,
  status: RunStatus,
): Promise<Pick<RunOverview, "state"> & { readonly problem: RunOverview["problem"] }> {
  const copy = mkdtempSync(join(tmpdir(), "sparring-left-"));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(join(home, "runs"), join(copy, "runs"), { recursive: true });
  await new Store(copy).writeStatus("paused", status);
  const runs = await Supervisor.open({ home: copy, log: () => {} });
  const { state, problem } = await runs.overview("paused");
  await runs.close();
  return { state, problem };
}

test("an alarm with the action pause pauses the run once", async (t) => {
  const home = await bench(t);
  const { runs, until } = home;
  const states: RunOverview[] = [];
  const told: NotificationParamsOf<"sparring/alarm">[] = [];
  runs.on("changed", (overview) => states.push(overview));
  runs.on("alarm", (alarm) => told.push(alarm));
  const { config } = parseConfig(text, { file: "paused.sparring.yaml" });
  await runs.start({ run: "paused", config: { ...config } });
  await until(() => states.some(({ state }) => state === "paused"));

  const { problem } = states.at(-1)!;
  assert.equal(problem?.code, "run/alarm");
  const store = new Store(home.home);
  const [alarmed] = (await store.readRounds("paused")).filter(({ alarms }) => alarms);
  assert.equal(alarmed!.round, 2);
  assert.deepEqual(told, [{ run: "paused", round: 2, alarms: alarmed!.alarms!, pauses: true }]);
  assert.deepEqual(
    (await store.readRounds("paused")).map(({ round }) => round),
    [0, 1, 2],
  );
  assert.ok(problem.message.includes(alarmed!.alarms![0]!.sentence));

  // A daemon that was killed between the round and the record of the pause; and one that was after somebody had resumed the run.
  const { since } = states.find(({ state }) => state === "running")!;
  const left = (at: string) => ({ format: 1 as const, state: "running" as const, since: at });
  assert.deepEqual(await foundAfter(t, home.home, left(since)), { state: "interrupted", problem });
  const later = new Date(Date.parse(alarmed!.finishedAt) + 1).toISOString();
  assert.deepEqual(await foundAfter(t, home.home, left(later)), { state: "interrupted", problem: undefined });

  await runs.resume({ run: "paused" });
  assert.equal((await runs.overview("paused")).problem, undefined);
  await finished(home, "paused");
  assert.equal((await store.readStatus("paused"))?.problem, undefined);
  assert.equal(states.filter(({ state }) => state === "paused").length, 1);
  const rung = (await store.readRounds("paused")).flatMap(({ alarms = [] }) =>
    alarms.filter(({ kind }) => kind === "kl"),
  );
  assert.equal(rung.length, 1);
});
