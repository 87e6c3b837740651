import { useCallback, useEffect, useState } from "preact/hooks";
import type { Method, ParamsOf, Problem, ResultOf } from "../../daemon/protocol.ts";
import { type Connection, problemOf } from "./host.ts";
import type { Host } from "./messages.ts";

/** A request's result as far as it is there. While other parameters are under way, `value` is still the former one. */
export interface Answer<T> {
  readonly loading: boolean;
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  /** Asks once more. */
  readonly again: () => void;
}

/**
 * Asks the daemon when the parameters change and after each new connection; a request that is no longer wanted is
 * cancelled. Nothing is asked while `params` is undefined.
 */
export function useAnswer<M extends Method>(
  host: Host,
  connection: Connection,
  method: M,
  params: ParamsOf<M> | undefined,
): Answer<ResultOf<M>> {
  const [state, setState] = useState<Omit<Answer<ResultOf<M>>, "again">>(nothing);
  const [asked, setAsked] = useState(0);
  const again = useCallback(() => setAsked((n) => n + 1), []);
  const wanted = connection.state === "connected" && params !== undefined ? JSON.stringify(params) : undefined;
  // `asked` is among the inputs to ask again; `wanted` stands for the parameters.
  useEffect(() => {
    if (wanted === undefined) return;
    const cancel = new AbortController();
    setState((former) => ({ ...former, loading: true, problem: undefined }));
    host.ask(method, JSON.parse(wanted) as ParamsOf<M>, { signal: cancel.signal }).then(
      (value) => !cancel.signal.aborted && setState({ loading: false, value, problem: undefined }),
      (error) => !cancel.signal.aborted && setState({ loading: false, value: undefined, problem: problemOf(error) }),
    );
    return () => cancel.abort();
  }, [host, method, wanted, asked]);
  return { ...state, again };
}

const nothing = { loading: false, value: undefined, problem: undefined };
