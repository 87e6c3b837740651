import { useEffect, useMemo, useState } from "preact/hooks";
import type { RunOverview } from "../../../daemon/protocol.ts";
import type { Connection } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";

/** The runs that were forked from a run, in the order of the rounds at which they begin. */
export function useForks(host: Host, connection: Connection, run: string): readonly RunOverview[] {
  const [runs, setRuns] = useState<ReadonlyMap<string, RunOverview>>(new Map());
  useEffect(() => {
    if (connection.state !== "connected") return;
    const cancel = new AbortController();
    fetchRuns(host, cancel.signal).then(
      (all) => !cancel.signal.aborted && setRuns(new Map(all.map((one) => [one.id, one]))),
      (error) => !cancel.signal.aborted && console.error(error),
    );
    return () => cancel.abort();
  }, [host, connection.state]);
  // A run that changed belongs to this one, or is of no interest.
  useEffect(
    () =>
      host.on("sparring/run/changed", (changed) => {
        if (changed.parent?.run === run) setRuns((former) => new Map([...former, [changed.id, changed]]));
      }),
    [host, run],
  );
  return useMemo(
    () =>
      [...runs.values()].filter(({ parent }) => parent?.run === run).sort((a, b) => a.parent!.round - b.parent!.round),
    [runs, run],
  );
}

async function fetchRuns(host: Host, signal: AbortSignal): Promise<RunOverview[]> {
  const runs: RunOverview[] = [];
  for (let after: string | undefined, more = true; more; ) {
    const page = await host.ask("sparring/run/list", { after, limit: 1000 }, { signal });
    runs.push(...page.runs);
    after = page.next ?? undefined;
    more = page.next !== null;
  }
  return runs;
}
