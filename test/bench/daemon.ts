/**
 * What the daemon and its protocol cost: the same rounds of the example in a bare process, and in a daemon that a client
 * watches as the command line does. `npm run bench:daemon`; pairs alternate, because a machine's speed drifts.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import type { DaemonClient } from "../../daemon/client/client.ts";
import { loadConfig } from "../../daemon/config/load.ts";
import type { Config } from "../../daemon/config/schema.ts";
import { cpuSeconds } from "../../daemon/store/processes.ts";
import { Store } from "../../daemon/store/store.ts";
import { startDaemon } from "./reach.ts";

const rounds = 80;
/** The first rounds build the engine's programs and warm up the loop; they don't count. */
const warm = 20;
const pairs = 5;

// Bundled as the daemon is, and started afresh as it is: both pay for their start.
const bareLoop = new URL("../../dist/bench-bare-loop.js", import.meta.url).pathname;
await build({
  entryPoints: [new URL("./bare-loop.ts", import.meta.url).pathname],
  outfile: bareLoop,
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["onnxruntime-node"],
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});

const { config } = await loadConfig("examples/addition.sparring.yaml", [
  `game.rounds=${rounds}`,
  "eval.every=1000",
  "checkpoints.every=1000",
]);
const [bare, served, idle]: [number[], number[], number[]] = [[], [], []];
/** CPU time of the process that holds the loop, without its engine's, seconds a round: steadier than wall time. */
const [bareCpu, servedCpu]: [number[], number[]] = [[], []];
const latencies: Record<string, number[]> = { "run/list": [], "run/pause": [], "run/resume": [] };
for (let pair = 0; pair < pairs; pair++) {
  bare.push(await inHome((home) => trainBare(home, config)));
  served.push(await inHome((home) => trainServed(home, config)));
}
const ratios = served.map((seconds, i) => seconds / bare[i]! - 1);
const show = (values: readonly number[], digits: number, unit: string): string =>
  `${median(values).toFixed(digits)} ${unit} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
console.log(`${pairs} pairs of ${rounds} rounds, median (least–most)`);
console.log(
  `round, bare process           ${show(
    bare.map((s) => 1000 * s),
    1,
    "ms",
  )}`,
);
console.log(
  `round, daemon and watcher     ${show(
    served.map((s) => 1000 * s),
    1,
    "ms",
  )}`,
);
console.log(
  `cost of daemon and protocol   ${show(
    ratios.map((r) => 100 * r),
    1,
    "%",
  )}`,
);
console.log(
  `loop's CPU a round, bare      ${show(
    bareCpu.map((s) => 1000 * s),
    1,
    "ms",
  )}`,
);
console.log(
  `loop's CPU a round, daemon    ${show(
    servedCpu.map((s) => 1000 * s),
    1,
    "ms",
  )}`,
);
const cpu = servedCpu.map((seconds, i) => (100 * (seconds - bareCpu[i]!)) / bare[i]!);
console.log(`the difference, of a round    ${show(cpu, 1, "%")}`);
console.log(`idle daemon, resident memory  ${show(idle, 0, "MB")}`);
for (const [verb, values] of Object.entries(latencies)) console.log(`${verb.padEnd(30)}${show(values, 1, "ms")}`);

async function inHome(work: (home: string) => Promise<number>): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), "sparring-bench-"));
  try {
    return await work(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}

async function trainBare(home: string, config: Config): Promise<number> {
  const { status, stdout } = spawnSync(process.execPath, [bareLoop, home, JSON.stringify(config), String(warm)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error("the bare loop failed");
  bareCpu.push(Number(stdout) / (rounds - warm));
  return secondsPerRound(home);
}

async function trainServed(home: string, config: Config): Promise<number> {
  const { child, client, end } = await startDaemon(home);
  try {
    idle.push((await client.request("sparring/daemon/status", {})).rssBytes / 1e6);
    const ended = new Promise<void>((resolve) => {
      client.on("sparring/run/changed", ({ state }) => {
        if (state === "finished") resolve();
      });
    });
    let known = -1;
    let before = 0;
    client.on("sparring/round/progress", ({ finished }) => {
      if (finished === null || finished <= known) return;
      if (finished <= warm) before = cpuSeconds(child.pid!)!;
      const after = known;
      known = finished;
      void client.request("sparring/round/list", { run: "bench", after });
    });
    await client.request("sparring/run/start", { run: "bench", config: { ...config } });
    await client.request("sparring/run/watch", { run: "bench" });
    await ended;
    servedCpu.push((cpuSeconds(child.pid!)! - before) / (rounds - warm));
    const seconds = await secondsPerRound(home);
    await timeVerbs(client, config);
    return seconds;
  } finally {
    await end();
  }
}

/** Round trips while another run trains. */
async function timeVerbs(client: DaemonClient, config: Config): Promise<void> {
  const time = async (verb: string, work: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await work();
    latencies[verb]!.push(performance.now() - began);
  };
  await client.request("sparring/run/start", { run: "verbs", config: { ...config } });
  await sleep(1500);
  for (let i = 0; i < 4; i++) {
    await sleep(137 * (i + 1));
    await time("run/list", () => client.request("sparring/run/list", {}));
    await time("run/pause", () => client.request("sparring/run/pause", { run: "verbs" }));
    await time("run/resume", () => client.request("sparring/run/resume", { run: "verbs" }));
  }
  await client.request("sparring/run/stop", { run: "verbs" });
}

/** Median time from one finished round to the next. */
async function secondsPerRound(home: string): Promise<number> {
  const times = (await new Store(home).readRounds("bench")).map(({ finishedAt }) => Date.parse(finishedAt) / 1000);
  return median(times.slice(warm + 1).map((time, i) => time - times[i + warm]!));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
