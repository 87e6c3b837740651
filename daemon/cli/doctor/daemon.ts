import type { DaemonClient } from "../../client/client.ts";
import { age, bytes } from "../../text/numbers.ts";
import type { Cli } from "../cli.ts";
import { connectToRunning } from "../connection.ts";
import { printable } from "../text/printable.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

/** More than this much memory is not what an idle daemon takes. */
const muchMemory = 1.5e9;

/** The daemon, where one runs, and the connection to it. */
export async function checkDaemon(cli: Cli): Promise<{ findings: Finding[]; client: DaemonClient | undefined }> {
  let client: DaemonClient | undefined;
  try {
    client = await connectToRunning(cli);
  } catch (error) {
    return { findings: [unreachable(error as Error & { next?: string })], client: undefined };
  }
  if (!client) return { findings: [ok("Daemon", "None is running; the next command starts one.")], client };
  const { version, build, pid, startedAt } = client.hello;
  const { rssBytes, log, clients, device } = await client.request("sparring/daemon/status", {});
  const uptime = age((+cli.date() - Date.parse(startedAt)) / 1000);
  const facts = `Version ${printable(version)} (build ${printable(build)}), process ${pid} since ${uptime}, ${bytes(rssBytes)}, ${clients} clients.`;
  const place = log === null ? "It logs to its terminal." : `Its log: ${printable(log)}.`;
  const training = device.training === null ? "" : ` ${printable(device.training)} has ${printable(device.name)}.`;
  const restart = "Run `sparring serve --stop`; the next command starts the newer one.";
  if (version !== cli.version) {
    const found = `It is of version ${printable(version)}, and this program of ${cli.version}. ${place}`;
    return { findings: [warning("Daemon", found, restart)], client };
  }
  if (rssBytes > muchMemory) {
    return { findings: [warning("Daemon", `${facts} That is much memory. ${place}`, restart)], client };
  }
  return { findings: [ok("Daemon", `${facts}${training} ${place}`)], client };
}

function unreachable({ message, next }: Error & { next?: string }): Finding {
  return problem("Daemon", printable(message), printable(next ?? "Run `sparring serve` and read what it says."));
}
