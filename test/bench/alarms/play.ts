/**
 * Plays the fresh runs that alarms are measured on, one after the other, for so long, and leaves what is not finished then:
 * `npx tsx test/bench/alarms/play.ts HOME MINUTES [arm,…]`. Which runs that are is decided by the clock alone, whatever they come to.
 * Played again in the same home it goes on with those that are left.
 */
import { parseConfig } from "../../../daemon/config/load.ts";
import { Supervisor } from "../../../daemon/runs/control/supervisor.ts";
import { plannedRuns, restricted } from "../../../daemon/studies/study.ts";
import { freshRuns } from "./fresh.ts";

const [home, minutes, arms] = process.argv.slice(2);
if (home === undefined || minutes === undefined) throw new Error("say which home to play in, and for how many minutes");

const runs = await Supervisor.open({ home, log: () => {} });
const planned = plannedRuns(arms === undefined ? freshRuns : restricted(freshRuns, arms.split(",")));
const last = planned.at(-1)!.id;
const over = new Promise<void>((resolve) => {
  setTimeout(resolve, Number(minutes) * 60_000).unref();
  runs.on("changed", ({ id, state }) => {
    process.stdout.write(`${new Date().toISOString()} ${id} ${state}\n`);
    if (id === last && state === "finished") resolve();
  });
});
for (const { id, settings } of planned) {
  const known = await runs.overview(id).catch(() => undefined);
  if (known) {
    if (known.state !== "finished") await runs.resume({ run: id });
    continue;
  }
  const { config } = parseConfig("{}", { file: "fresh.sparring.yaml", overrides: settings });
  await runs.start({ run: id, config: { ...config } });
}
await over;
await runs.close();
