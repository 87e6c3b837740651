/** A run that an alarm pauses, over real sockets: whom it is told to, who waits for it, and what is left of it when the daemon ends. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { parseConfig } from "../../daemon/config/load.ts";
import type { NotificationParamsOf, RunOverview } from "../../daemon/protocol.ts";
import { Store } from "../../daemon/store/store.ts";
import { startDaemon, until } from "./daemons.ts";

// Any step at all is too far from the reference, so it rings with the first round that can be read, and stays on.
const text = `
model: { path: "builtin:nano" }
engine: { threads: 1 }
game: { task: addition, queries: 4, answers: 4, rounds: 4 }
algorithm: { name: lsp-zero }
challenger: { max_tokens: 8 }
solver: { max_tokens: 5 }
optimizer: { lr: 1.0e-3 }
eval: { every: 4, limit: 8 }
checkpoints: { every: 1, keep: 4 }
alarms: { window: 1, action: off, kl: { above: 1.0e-6, action: pause } }
`;

const config = { ...parseConfig(text, { file: "paused.sparring.yaml" }).config };

test("an alarm is told to every client; who waits for the paused run says so, and trains once it is stopped", async (t) => {
  const daemon = await startDaemon(t);
  const [one, other] = [await daemon.connect(), await daemon.connect()];
  const heard = [one, other].map((client) => {
    const alarms: NotificationParamsOf<"sparring/alarm">[] = [];
    client.on("sparring/alarm", (alarm) => alarms.push(alarm));
    return alarms;
  });
  const seen: RunOverview[] = [];
  other.on("sparring/run/changed", (run) => seen.push(run));
  const newest = (id: string): RunOverview | undefined => seen.findLast((run) => run.id === id);

  await one.request("sparring/run/start", { run: "main", config });
  await until(() => newest("main")?.state === "paused" && heard.every(({ length }) => length > 0));
  assert.deepEqual(heard[0], heard[1]);
  const [alarm] = heard[0]!;
  assert.deepEqual([heard[0]!.length, alarm!.run, alarm!.round, alarm!.pauses], [1, "main", 2, true]);
  assert.equal(newest("main")?.problem?.code, "run/alarm");

  const settings = ["alarms.kl.action=off"];
  const fork = await one.request("sparring/run/fork", { run: "fork", parent: "main", round: 1, settings });
  assert.deepEqual([fork.state, fork.queuePlace, fork.waitsFor], ["queued", 1, "main"]);
  await one.request("sparring/run/fork", { run: "later", parent: "main", round: 1, settings });
  await until(() => newest("later")?.waitsFor === "main");
  assert.equal(newest("later")?.queuePlace, 2);

  await other.request("sparring/run/stop", { run: "main" });
  const stopped = await one.request("sparring/run/watch", { run: "main" });
  assert.deepEqual([stopped.overview.state, stopped.overview.problem], ["stopped", undefined]);
  await until(() => newest("fork")?.state === "finished" && newest("later")?.state === "finished");
  assert.ok(seen.some(({ id, waitsFor, queuePlace }) => id === "later" && waitsFor === "fork" && queuePlace === 1));
  assert.deepEqual([newest("fork")?.waitsFor, newest("later")?.waitsFor], [undefined, undefined]);
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`a paused run whose daemon ends by ${signal} still says why it paused, until it is resumed`, async (t) => {
    const daemon = await startDaemon(t);
    const before = await daemon.connect();
    await before.request("sparring/run/start", { run: "main", config });
    const overview = async (client: typeof before): Promise<RunOverview> =>
      (await client.request("sparring/run/get", { run: "main" })).overview;
    const { problem } = await until(async () => {
      const run = await overview(before);
      return run.state === "paused" ? run : undefined;
    });
    // A state is told before it is on disk.
    await until(async () => (await new Store(daemon.home).readStatus("main"))?.state === "paused");
    daemon.child.kill(signal);
    await once(daemon.child, "exit");

    const after = await (await startDaemon(t, daemon.home)).connect();
    const interrupted = await overview(after);
    assert.deepEqual([interrupted.state, interrupted.problem], ["interrupted", problem]);
    assert.equal((await after.request("sparring/run/resume", { run: "main" })).problem, undefined);
    const finished = await until(async () => {
      const run = await overview(after);
      return run.state === "finished" ? run : undefined;
    });
    assert.equal(finished.problem, undefined);
  });
}
