import { useEffect, useState } from "preact/hooks";
import type { Problem } from "../../daemon/protocol.ts";
import { type Connection, problemOf } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import { type AnswerPlace, isGone, type Judgement, judgementOf } from "./judgement.ts";

/** What is known of how the judges took an answer. */
export interface Revealed {
  /** Undefined while it is not read; null where the run has no such answer any more. */
  readonly judgement: Judgement | null | undefined;
  readonly problem: Problem | undefined;
}

/**
 * Reads what the judges gave one answer, once its rating is saved. The daemon sends a page of its round; of that, only this answer is
 * kept.
 * @param place of the answer; undefined while nothing may be revealed
 */
export function useJudgement(
  host: Host,
  connection: Connection,
  run: string,
  place: AnswerPlace | undefined,
): Revealed {
  const [read, setRead] = useState<Revealed & { readonly name: string | undefined }>({ ...nothing, name: undefined });
  const name = place && `${place.round}/${place.query}/${place.answer}`;
  const isConnected = connection.state === "connected";
  // `name` stands for the place.
  useEffect(() => {
    if (!isConnected || !place) return;
    const cancel = new AbortController();
    const { round, query } = place;
    host.ask("sparring/round/get", { run, round, from: query }, { signal: cancel.signal }).then(
      ({ queries }) => !cancel.signal.aborted && setRead({ ...nothing, judgement: judgementOf(queries, place), name }),
      (error) => {
        if (cancel.signal.aborted) return;
        const problem = problemOf(error);
        setRead(isGone(problem) ? { ...nothing, judgement: null, name } : { ...nothing, problem, name });
      },
    );
    return () => cancel.abort();
  }, [host, isConnected, run, name]);
  // What was read of another answer must never stand beside this one.
  return name !== undefined && read.name === name ? read : nothing;
}

const nothing: Revealed = { judgement: undefined, problem: undefined };
