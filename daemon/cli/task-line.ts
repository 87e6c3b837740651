import { createLogUpdate } from "log-update";
import type { DaemonClient } from "../client/client.ts";
import type { NotificationParamsOf } from "../protocol.ts";
import type { Cli } from "./cli.ts";
import { styleOf } from "./screen.ts";
import { bar } from "./text/bars.ts";
import { truncate, width } from "./text/fit.ts";
import { printable } from "./text/printable.ts";
import type { Style } from "./text/style.ts";
import { isLive } from "./watch/watcher.ts";

const barColumns = 20;

/** How far a long request is, in one line. */
export function taskLine(
  { what, done, total }: Pick<NotificationParamsOf<"sparring/task/progress">, "what" | "done" | "total">,
  { columns, colours }: Pick<Style, "columns" | "colours">,
): string {
  const { filled, rest } = bar(total > 0 ? done / total : 0, barColumns);
  const counts = total > 0 ? `  ${done}/${total}  ` : "  ";
  const text = truncate(printable(what), columns - barColumns - width(counts) - 1);
  return `${filled}${colours.dim(rest.replaceAll(" ", "·"))}${colours.dim(counts)}${text}`;
}

/**
 * Makes a long request: on a terminal a line on stderr shows how far it is, and Ctrl+C cancels it.
 * @param ask sends it, under this id and with this signal
 */
export async function attendTask<T>(
  cli: Cli,
  client: DaemonClient,
  ask: (task: string, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const task = cli.unique(8);
  const style = styleOf(cli, cli.stderr);
  const draw = isLive(cli.stderr, cli.env) ? createLogUpdate(cli.stderr) : undefined;
  const unsubscribe = client.on("sparring/task/progress", (progress) => {
    if (progress.task === task) draw?.(taskLine(progress, style));
  });
  const controller = new AbortController();
  const release = cli.onInterrupt(() => controller.abort());
  try {
    return await ask(task, controller.signal);
  } finally {
    release();
    unsubscribe();
    draw?.clear();
    draw?.done();
  }
}
