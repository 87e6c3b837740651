import { useEffect, useState } from "preact/hooks";
import type { Problem, ResultOf } from "../../../daemon/protocol.ts";
import { type Connection, problemOf } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import type { PlayedRound, QueryRecord } from "./records.ts";

interface RoundsState {
  /** What is there, by round; those of a former choice stay until all of the new one are there. */
  readonly rounds: ReadonlyMap<number, PlayedRound>;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
}

/** The queries and answers of some rounds. What is no longer wanted is cancelled, what is here is not fetched again. */
export function useRounds(host: Host, connection: Connection, run: string, wanted: readonly number[]): RoundsState {
  const [state, setState] = useState<RoundsState & { readonly run: string }>({ ...nothing, run });
  const key = wanted.join(" ");
  useEffect(() => {
    if (connection.state !== "connected") return;
    const rounds = key === "" ? [] : key.split(" ").map(Number);
    const known = state.run === run ? state.rounds : new Map<number, PlayedRound>();
    const missing = rounds.filter((round) => !known.has(round));
    if (missing.length === 0 && state.run === run) return;
    const cancel = new AbortController();
    setState((former) => ({ ...(former.run === run ? former : nothing), run, loading: true, problem: undefined }));
    Promise.all(missing.map((round) => fetchRound(host, run, round, cancel.signal))).then(
      (fetched) => {
        if (cancel.signal.aborted) return;
        const all = new Map([...known, ...fetched.map((played) => [played.round, played] as const)]);
        const kept = new Map([...all].filter(([round]) => rounds.includes(round)));
        setState({ run, rounds: kept, loading: false, problem: undefined });
      },
      (error) => {
        if (!cancel.signal.aborted) setState((former) => ({ ...former, loading: false, problem: problemOf(error) }));
      },
    );
    return () => cancel.abort();
  }, [host, connection.state, run, key]);
  return state.run === run ? state : nothing;
}

const nothing: RoundsState = { rounds: new Map(), loading: false, problem: undefined };

async function fetchRound(host: Host, run: string, round: number, signal: AbortSignal): Promise<PlayedRound> {
  const queries: QueryRecord[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page: ResultOf<"sparring/round/get"> = await host.ask("sparring/round/get", { run, round, from }, { signal });
    queries.push(...page.queries);
    from = page.next;
  }
  return { round, queries };
}
