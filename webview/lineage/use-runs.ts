import { useEffect, useMemo, useState } from "preact/hooks";
import type { Problem, RunOverview } from "../../daemon/protocol.ts";
import { type Connection, problemOf } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import { DetailReader, readDetails, readRuns } from "./details.ts";
import { type LineageRun, lineageRun, noDetails, type RunDetails } from "./family.ts";

/** The runs of the daemon; they follow what it tells. */
export interface Runs {
  /** Undefined until the list is there. */
  readonly runs: readonly LineageRun[] | undefined;
  readonly problem: Problem | undefined;
  readonly again: () => void;
}

/** Reads all runs and their details, and keeps them up to date; the run that trains is watched. */
export function useRuns(host: Host, connection: Connection): Runs {
  const [overviews, setOverviews] = useState<readonly RunOverview[]>();
  const [details, setDetails] = useState<ReadonlyMap<string, RunDetails>>(new Map());
  const [problem, setProblem] = useState<Problem>();
  const [asked, setAsked] = useState(0);
  const reader = useMemo(
    () =>
      new DetailReader(
        (run) => readDetails(host, run),
        (run, found) => setDetails((now) => new Map(now).set(run, found)),
      ),
    [host],
  );
  useEffect(() => () => reader.close(), [reader]);

  const isConnected = connection.state === "connected";
  // `asked` reads the list once more.
  useEffect(() => {
    if (!isConnected) return;
    const cancel = new AbortController();
    setProblem(undefined);
    readRuns(host, cancel.signal).then(
      (runs) => {
        setOverviews(runs);
        reader.want(runs.map(({ id }) => id));
      },
      (error) => !cancel.signal.aborted && setProblem(problemOf(error)),
    );
    return () => cancel.abort();
  }, [host, reader, isConnected, asked]);

  useEffect(
    () =>
      host.on("sparring/run/changed", (changed) => {
        setOverviews((now) => now && withOverview(now, changed));
        reader.want([changed.id]);
      }),
    [host, reader],
  );

  const active = overviews?.find(({ state }) => state === "running" || state === "starting")?.id;
  useEffect(() => {
    host.watch(active);
    return () => host.watch(undefined);
  }, [host, active]);
  useEffect(
    () =>
      host.on("sparring/round/progress", ({ run, finished }) => {
        if (finished === null) return;
        setOverviews((now) => {
          const before = now?.find(({ id }) => id === run);
          if (!now || !before || before.round === finished) return now;
          reader.want([run]);
          return withOverview(now, { ...before, round: finished });
        });
      }),
    [host, reader],
  );

  const runs = useMemo(
    () => overviews?.map((overview) => lineageRun(overview, details.get(overview.id) ?? noDetails)),
    [overviews, details],
  );
  return { runs, problem, again: () => setAsked((n) => n + 1) };
}

/** The list with a run's newer overview; a run that is new comes first. */
function withOverview(runs: readonly RunOverview[], changed: RunOverview): readonly RunOverview[] {
  const at = runs.findIndex(({ id }) => id === changed.id);
  return at < 0 ? [changed, ...runs] : runs.with(at, changed);
}
