import type { DaemonClient } from "../../client/client.ts";
import type { Cli } from "../cli.ts";
import { styleOf } from "../screen.ts";
import { wrap } from "../text/fit.ts";

/** Waiting is worth a word after this long. */
const patienceMs = 1500;

/** Says on stderr what an answer waits for, if it takes long; the returned function ends that. */
export function sayWhatItWaitsFor(cli: Cli, client: DaemonClient): () => void {
  let isOver = false;
  const timer = setTimeout(async () => {
    const status = await client.request("sparring/daemon/status", {}).catch(() => undefined);
    if (isOver || !status) return;
    const { name, training, waiting } = status.device;
    const others = waiting > 1 ? ` ${waiting - 1} other requests wait too.` : "";
    const text = training ? `Waiting for ${name}: ${training} is training on it.${others}` : `${name} is working …`;
    const { columns, colours } = styleOf(cli, cli.stderr);
    for (const line of wrap(text, columns)) cli.stderr.write(`${colours.dim(line)}\n`);
  }, patienceMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
