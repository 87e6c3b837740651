/**
 * Makes the recorded runs that the alarms are measured on from the home in which the study lsp-vs-zero was played:
 * `npx tsx test/bench/alarms/record.ts HOME`. Which runs are degenerate is read from the study's data.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { watchedMetrics } from "../../../daemon/runs/alarms/rules.ts";
import { Store } from "../../../daemon/store/store.ts";
import { packRuns, type RecordedRun, recordedFile } from "./recorded.ts";

const home = process.argv[2];
if (home === undefined) throw new Error("say which home the study was played in");

/** Its rounds are the first 300 of lsp-long.1, which would count twice. */
const leftOut = ["lsp-vs-zero.lsp.1"];

/** The study's results name what is degenerate about each run, or "no". */
const results = readFileSync(join(import.meta.dirname, "../../../docs/study/lsp-vs-zero/results.md"), "utf8");
const verdicts = z
  .array(z.tuple([z.string(), z.string(), z.string()]))
  .parse([...results.matchAll(/^\| (lsp-vs-zero\.\S+) .*\| ([^|]+) \|$/gm)].map((match) => [...match]));

const store = new Store(home);
const runs: RecordedRun[] = [];
for (const [, id, verdict] of verdicts) {
  if (leftOut.includes(id)) continue;
  const rounds = await store.readRounds(id);
  const isSelfRewarded = id.startsWith("lsp-vs-zero.lsp");
  runs.push({ id, isDegenerate: verdict !== "no", isSelfRewarded, rounds });
}
const bytes = packRuns(runs, [...watchedMetrics, "eval/accuracy"]);
writeFileSync(recordedFile, bytes);
process.stdout.write(`${runs.length} runs, ${bytes.length} bytes\n`);
