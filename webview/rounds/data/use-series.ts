import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem, ResultOf } from "../../../daemon/protocol.ts";
import { type Connection, problemOf } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import { appended, emptySeries, lastRound, type Series } from "./series.ts";

/**
 * The metrics of a run, of which only rounds that are not here yet are fetched when `finished` grows. After a lost connection,
 * and when rounds were taken back, all are fetched again. While `finished` is undefined, not yet known, all that there are are
 * under way already: they are the most that a panel has to wait for.
 */
export function useSeries(
  host: Host,
  connection: Connection,
  run: string,
  metrics: readonly string[],
  finished: number | null | undefined,
): { readonly series: Series; readonly loaded: boolean; readonly problem: Problem | undefined } {
  const held = useRef<Series | null>(null);
  const early = useRef<Promise<Page> | undefined>(undefined);
  const [state, setState] = useState({
    series: emptySeries(run),
    loaded: false,
    problem: undefined as Problem | undefined,
  });
  useEffect(() => {
    if (connection.state !== "connected") return;
    const cancel = new AbortController();
    const params = { run, metrics: [...metrics], after: -1 };
    early.current = host.ask("sparring/round/series", params, { signal: cancel.signal });
    // Who waits for it is told.
    early.current.catch(() => {});
    return () => {
      early.current = undefined;
      cancel.abort();
    };
  }, [host, connection.state, run, metrics]);
  useEffect(() => {
    if (connection.state !== "connected") {
      held.current = null;
      return;
    }
    if (finished === undefined) return;
    const newest = finished ?? -1;
    const known = held.current?.run === run && newest >= lastRound(held.current) ? held.current : undefined;
    if (known && lastRound(known) === newest) return;
    const start = known ?? emptySeries(run);
    const cancel = new AbortController();
    const load = async (): Promise<Series> => {
      const series = early.current ? appended(start, await early.current) : start;
      // The early answer may be older than `finished`.
      if (lastRound(series) >= newest) return series;
      const params = { run, metrics: [...metrics], after: lastRound(series) };
      return appended(series, await host.ask("sparring/round/series", params, { signal: cancel.signal }));
    };
    load().then(
      (series) => {
        if (cancel.signal.aborted) return;
        early.current = undefined;
        held.current = series;
        setState({ series, loaded: true, problem: undefined });
      },
      (error) => {
        if (cancel.signal.aborted) return;
        early.current = undefined;
        setState({ series: start, loaded: true, problem: problemOf(error) });
      },
    );
    return () => cancel.abort();
  }, [host, connection.state, run, metrics, finished]);
  return { ...state, loaded: state.loaded && state.series.run === run };
}

type Page = ResultOf<"sparring/round/series">;
