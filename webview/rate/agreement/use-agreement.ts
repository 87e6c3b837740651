import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Connection } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import { type Refreshed, Refresher } from "./refresher.ts";
import type { Agreement } from "./result.ts";

/** Agreement of a run, from the blind ratings that stand. */
export interface RunAgreement {
  readonly agreement: Agreement;
  /** Only this rater's ratings; undefined: everybody's. */
  readonly only: string | undefined;
  /** Everybody who has scored an answer of the run, in the order of their names. */
  readonly raters: readonly string[];
}

/** Agreement is computed anew so often at most, ms: the daemon works on it for a second or more. */
const interval = 4000;

/**
 * Agreement from what is rated, kept up to date: asked for again when ratings have changed and after each new connection. While
 * that is under way, or fails, the former result stands.
 * @param only a rater whose ratings alone count
 */
export function useAgreement(
  host: Host,
  connection: Connection,
  run: string,
  only: string | undefined,
): Refreshed<RunAgreement> & { readonly again: () => void } {
  const [state, setState] = useState<Refreshed<RunAgreement>>({ value: undefined, isAsking: false, error: undefined });
  const isConnected = connection.state === "connected";
  const refresher = useMemo(() => {
    if (!isConnected) return undefined;
    const tell = ({ value, ...rest }: Refreshed<RunAgreement>): void =>
      setState((former) => ({ ...rest, value: value ?? former.value }));
    return new Refresher((signal) => askAgreement(host, run, only, signal), tell, interval);
  }, [host, isConnected, run, only]);
  useEffect(() => {
    if (!refresher) return;
    refresher.refresh();
    const stop = host.on("sparring/rating/changed", (changed) => {
      if (changed.run === run) refresher.refresh();
    });
    return () => {
      stop();
      refresher.close();
    };
  }, [host, run, refresher]);
  // While the daemon is away, the banner says so.
  const error = isConnected ? state.error : undefined;
  return { ...state, error, again: useCallback(() => refresher?.refresh(), [refresher]) };
}

async function askAgreement(
  host: Host,
  run: string,
  only: string | undefined,
  signal: AbortSignal,
): Promise<RunAgreement> {
  const about = { run, ...(only !== undefined && { rater: only }) };
  const [agreement, raters] = await Promise.all([
    host.ask("sparring/judge/agreement", about, { signal }),
    ratersOf(host, run, signal),
  ]);
  return { agreement, only, raters };
}

async function ratersOf(host: Host, run: string, signal: AbortSignal): Promise<string[]> {
  const raters = new Set<string>();
  for (let from = 0; ; ) {
    const { ratings, more } = await host.ask("sparring/rating/list", { run, from }, { signal });
    for (const { rater, score } of ratings) if (score !== null) raters.add(rater);
    if (!more) return [...raters].sort();
    from += ratings.length;
  }
}
