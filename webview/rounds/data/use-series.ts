import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../../daemon/protocol.ts";
import { type Connection, problemOf } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import { appended, emptySeries, lastRound, type Series } from "./series.ts";

/**
 * The metrics of a run, of which only rounds that are not here yet are fetched when `finished` grows. After a lost connection,
 * and when rounds were taken back, all are fetched again. Nothing is asked while `finished` is undefined: not yet known.
 */
export function useSeries(
  host: Host,
  connection: Connection,
  run: string,
  metrics: readonly string[],
  finished: number | null | undefined,
): { readonly series: Series; readonly loaded: boolean; readonly problem: Problem | undefined } {
  const held = useRef<Series | null>(null);
  const [state, setState] = useState({
    series: emptySeries(run),
    loaded: false,
    problem: undefined as Problem | undefined,
  });
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
    const params = { run, metrics: [...metrics], after: lastRound(start) };
    host.ask("sparring/round/series", params, { signal: cancel.signal }).then(
      (page) => {
        if (cancel.signal.aborted) return;
        const series = appended(start, page);
        held.current = series;
        setState({ series, loaded: true, problem: undefined });
      },
      (error) => {
        if (!cancel.signal.aborted) setState({ series: start, loaded: true, problem: problemOf(error) });
      },
    );
    return () => cancel.abort();
  }, [host, connection.state, run, metrics, finished]);
  return { ...state, loaded: state.loaded && state.series.run === run };
}
