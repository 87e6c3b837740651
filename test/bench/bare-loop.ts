/**
 * The loop alone, in a process of its own: trains the config that it gets as JSON in a home, and prints the CPU seconds that it
 * used from a round on.
 */
import { resolveConfig } from "../../daemon/config/load.ts";
import { startRun } from "../../daemon/runs/run.ts";

const [home, config, from] = process.argv.slice(2);
let before = process.cpuUsage();
await startRun(resolveConfig(JSON.parse(config!)), {
  home: home!,
  id: "bench",
  onEvent: (event) => {
    if (event.type === "round" && event.record.round === Number(from)) before = process.cpuUsage();
  },
});
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e6);
