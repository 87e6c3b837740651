/**
 * Records what a running daemon answers about a run, for tests and pictures of panels without a daemon:
 * `SPARRING_HOME=… tsx test/ui/harness/record.ts <run> <file.json> <round …>`. Samples of the named rounds are kept, all series are.
 */
import { writeFile } from "node:fs/promises";
import { connect } from "../../../daemon/client/connect.ts";
import { chartMetrics } from "../../../webview/rounds/charts/chart-specs.ts";
import { imitationMetrics } from "../../../webview/rounds/charts/imitation-specs.ts";
import { iterationMetrics } from "../../../webview/rounds/data/iterations.ts";
import type { RecordedRound, Recording } from "./recording.ts";

const [run, file, ...kept] = process.argv.slice(2);
const home = process.env.SPARRING_HOME;
if (!run || !file || !home)
  throw new Error("usage: SPARRING_HOME=… tsx test/ui/harness/record.ts <run> <file> <round …>");

const metrics = [...new Set([...chartMetrics, ...imitationMetrics, ...iterationMetrics])];
const client = await connect({ home, start: false, client: { name: "record", version: "0" } });
const rounds: Record<string, RecordedRound> = {};
for (const round of kept.map(Number)) {
  const { queries } = await client.request("sparring/round/get", { run, round });
  const tokens = await Promise.all(
    queries.map(({ index }) => client.request("sparring/round/tokens", { run, round, query: index })),
  );
  rounds[round] = { queries, tokens: Object.fromEntries(queries.map(({ index }, i) => [index, tokens[i]!])) };
}
const recording: Recording = {
  runs: (await client.request("sparring/run/list", {})).runs,
  details: await client.request("sparring/run/get", { run }),
  ratings: (await client.request("sparring/rating/list", { run })).ratings,
  series: await client.request("sparring/round/series", { run, metrics }),
  rounds,
};
client.close();
// Four digits are enough to look at; folders of whoever recorded it don't matter.
const short = (_: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
const text = JSON.stringify(recording, short)
  .replaceAll(home, "/home/me/.sparring")
  .replaceAll(process.cwd(), "/home/me");
await writeFile(file, `${text}\n`);
