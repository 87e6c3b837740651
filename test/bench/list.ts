/*
 * `npm run bench:list`: what it costs to list and to show runs in a home of 200 runs of 1,000 rounds with 40 metrics.
 * "first" is the first call in this process, in which nothing is compiled; files are in the page cache.
 */
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../daemon/config/load.ts";
import { RunIndex } from "../../daemon/store/index/run-index.ts";
import { toJsonFile } from "../../daemon/store/json-file.ts";
import { toJsonLines } from "../../daemon/store/jsonl.ts";
import { layout } from "../../daemon/store/layout.ts";
import type { RoundRecord, RunRecord, RunStatus } from "../../daemon/store/records.ts";
import { Store } from "../../daemon/store/store.ts";
import { EventFile } from "../../daemon/store/tensorboard/event-file.ts";
import { program, startDaemon } from "./reach.ts";

const runs = 200;
const rounds = 1000;
const metrics = 40;

/** A round as training writes it, evaluated every 25. */
function roundRecord(round: number): RoundRecord {
  const values = Object.fromEntries(
    Array.from({ length: metrics }, (_, i) => [`solver/metric_with_a_name_${i}`, Math.sin(round * i)]),
  );
  return {
    round,
    finishedAt: new Date(Date.UTC(2026, 0, 1) + round * 2000).toISOString(),
    seconds: 1.2345678,
    phases: { challenge: 0.123, solve: 0.456, judge: 0.01, reference: 0.078, update: 0.234, record: 0.005 },
    metrics: round % 25 === 0 ? { ...values, "eval/accuracy": 0.5 } : values,
    notes: [],
    recovery: { slot: round % 2 === 0 ? "a" : "b", hash: "0".repeat(64) },
  };
}

async function makeHome(home: string): Promise<void> {
  const { config } = await loadConfig("examples/addition.sparring.yaml", [`game.rounds=${rounds}`]);
  const lines = toJsonLines(Array.from({ length: rounds }, (_, round) => roundRecord(round)));
  for (let run = 0; run < runs; run++) {
    const id = `addition-20260101-${run}`;
    const dir = layout.run(home, id);
    const record: RunRecord = {
      format: 1,
      id,
      name: "addition",
      createdAt: new Date(Date.UTC(2026, 0, 1, run)).toISOString(),
      config: { ...config },
      lineage: { root: id, seed: 1, changes: {} },
      versions: { sparring: "0.1.0" },
      fingerprint: { threads: "2" },
    };
    const status: RunStatus = { format: 1, state: "finished", since: record.createdAt };
    await mkdir(dir, { recursive: true });
    await writeFile(layout.record(dir), toJsonFile(record));
    await writeFile(layout.status(dir), toJsonFile(status));
    await writeFile(layout.rounds(dir), lines);
  }
}

/** Prints the milliseconds of the first of some calls, and their median. */
async function measure(what: string, calls: number, work: () => unknown): Promise<void> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  const median = [...times].sort((a, b) => a - b)[Math.floor(calls / 2)]!;
  const cell = (ms: number): string => ms.toFixed(ms < 10 ? 2 : 0).padStart(9);
  console.log(what.padEnd(52) + cell(times[0]!) + cell(median));
}

/** The same through a daemon and its socket, and through the command line with its start. */
async function measureDaemon(home: string, run: string): Promise<void> {
  await measure("daemon: started until it answers, and ended", 3, async () => (await startDaemon(home)).end());
  const { client, end } = await startDaemon(home);
  await measure("daemon: run/list", 20, () => client.request("sparring/run/list", {}));
  await measure("daemon: run/get", 20, () => client.request("sparring/run/get", { run }));
  await measure("daemon: round/list, all 1,000", 20, () => client.request("sparring/round/list", { run }));
  const env = { ...process.env, SPARRING_HOME: home };
  const command = (...args: string[]): unknown => spawnSync(process.execPath, [program, ...args], { env });
  await measure("`sparring list`, with the program's start", 5, () => command("list"));
  await measure("`sparring show`, with the program's start", 5, () => command("show", run));
  const { rssBytes } = await client.request("sparring/daemon/status", {});
  console.log(`the daemon's resident memory then: ${Math.round(rssBytes / 1e6)} MB`);
  await end();
}

const home = await mkdtemp(join(tmpdir(), "sparring-list-"));
try {
  await makeHome(home);
  const store = new Store(home);
  const id = "addition-20260101-77";
  const dir = store.dir(id);
  const reopen = async (): Promise<RunIndex> => {
    const index = await RunIndex.open(store);
    await index.close();
    return index;
  };
  console.log(`${runs} runs of ${rounds} rounds with ${metrics} metrics; Node ${process.version}`);
  console.log(`${"milliseconds".padEnd(52)}    first   median`);
  await measure("index: opened without db.json, and written", 3, async () => {
    await rm(layout.index(home), { force: true });
    await reopen();
  });
  await measure("index: opened, nothing changed", 10, reopen);
  const index = await reopen();
  await measure("index: all runs, sorted, as JSON", 20, () => JSON.stringify(index.list()));
  await measure("index: a run read again", 20, () => index.refresh(id));
  await measure("rounds: all 1,000 of a run", 20, () => store.readRounds(id));
  await measure("rounds: a page of all 1,000", 20, () => store.readRoundsAfter(id, -1, rounds));
  await measure("rounds: the newest", 20, () => store.readRoundsAfter(id, rounds - 2, 10));
  const records = await store.readRounds(id);
  await measure("TensorBoard: a file of 1,000 rounds begun", 5, () =>
    EventFile.begin(dir, records, console.error).close(),
  );
  await measureDaemon(home, id);
  const bytes = async (file: string): Promise<string> => `${Math.round((await stat(file)).size / 1024)} KiB`;
  console.log(`db.json ${await bytes(layout.index(home))}, a run's rounds.jsonl ${await bytes(layout.rounds(dir))}`);
} finally {
  await rm(home, { recursive: true });
}
