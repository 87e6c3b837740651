import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ParamsOf, Problem } from "../../daemon/protocol.ts";
import { AskError, problemOf } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import type { PanelProps } from "../shared/mount.tsx";
import {
  type Batch,
  batchSize,
  currentOf,
  enter,
  giveUp,
  type NewRating,
  newBatch,
  reveal,
  submit,
  takeBack,
} from "./batch.ts";
import type { Entry } from "./entry.ts";
import { type Kept, keptFor } from "./kept.ts";
import { type Errand, Outbox, type Waiting } from "./outbox.ts";

/** A rater's work in the panel: the batch, what waits for the daemon, and what can be done. */
export interface Session {
  /** Undefined while the first batch is on its way. */
  readonly batch: Batch | undefined;
  /** Why there is no batch, or no further one. */
  readonly problem: Problem | undefined;
  readonly waiting: Waiting<NewRating>;
  /** How many ratings of the run stand, as the daemon last said. */
  readonly total: number | undefined;
  readonly edit: (change: (entry: Entry) => Entry) => void;
  readonly submit: (skipped: boolean) => void;
  readonly undo: () => void;
  readonly reveal: () => void;
  readonly nextBatch: () => void;
  readonly retry: () => void;
  readonly giveUp: () => void;
}

/** The session of one run and rater; it goes on where an earlier panel was left. */
export function useSession({ host, input, settings: { rater }, connection }: PanelProps<"rate">): Session {
  const kept = useMemo(() => keptFor(host.state.get(), input, rater), [host, input, rater]);
  const [batch, setBatch] = useState(kept.batch);
  const [problem, setProblem] = useState<Problem>();
  const [total, setTotal] = useState<number>();
  const [waiting, setWaiting] = useState<Waiting<NewRating>>({ errands: kept.errands, problem: undefined });
  const outbox = useMemo(
    () => new Outbox(kept.errands, async (errand) => setTotal(await send(host, errand)), problemOf, setWaiting),
    [host, kept],
  );
  useEffect(() => () => outbox.close(), [outbox]);
  const isConnected = connection.state === "connected";
  useEffect(() => {
    if (isConnected) outbox.retry();
  }, [isConnected, outbox]);
  // Before the next frame: whatever is on the screen outlives the page.
  useLayoutEffect(() => {
    host.state.set({ format: 1, input, rater, batch, errands: waiting.errands } satisfies Kept);
  }, [host, input, rater, batch, waiting.errands]);

  /** Which samples are wanted now: those that the panel was opened for, or any. Each attempt is an object of its own. */
  const [wanted, setWanted] = useState<{ readonly which: "asked for" | "any" } | undefined>(
    kept.batch ? undefined : { which: "asked for" },
  );
  useEffect(() => {
    if (!isConnected || wanted === undefined) return;
    const cancel = new AbortController();
    const asked = wanted.which === "asked for" ? placeOf(input) : {};
    setProblem(undefined);
    host
      .ask("sparring/sample/next", { run: input.run, rater, count: batchSize, ...asked }, { signal: cancel.signal })
      .then(({ samples }) => {
        setBatch(newBatch(samples, !("only" in asked)));
        setWanted(undefined);
      })
      .catch((error) => !cancel.signal.aborted && setProblem(problemOf(error)));
    return () => cancel.abort();
  }, [host, input, rater, isConnected, wanted]);

  const since = useRef(performance.now());
  const at = batch?.submitted.length;
  // The clock starts with each sample.
  useEffect(() => {
    since.current = performance.now();
  }, [at, wanted]);
  const elapsed = (): number => (performance.now() - since.current) / 1000;

  return {
    batch,
    problem,
    waiting,
    total,
    edit: (change) => {
      const current = batch && currentOf(batch);
      if (current) setBatch(enter(batch, change(current.entry)));
    },
    submit: (skipped) => {
      const current = batch && currentOf(batch);
      if (!current || !(skipped || current.entry.touched)) return;
      const done = submit(batch, { id: crypto.randomUUID(), rater, seconds: elapsed(), skipped });
      setBatch(done.batch);
      outbox.add(input.run, done.rating.id, done.rating);
    },
    undo: () => {
      const last = batch?.submitted.at(-1);
      if (!batch || !last) return;
      setBatch(takeBack(batch, elapsed()));
      outbox.remove(input.run, last.id);
    },
    reveal: () => setBatch((now) => now && reveal(now)),
    nextBatch: () => {
      // Unsent ratings would come back as samples that are not rated.
      if (waiting.errands.length > 0) return;
      // What failed is asked for again; what is under way is left to end.
      setWanted((now) => (now && !problem ? now : { which: now?.which ?? "any" }));
    },
    retry: () => outbox.retry(),
    giveUp: () => {
      const id = outbox.giveUp();
      if (id !== undefined) setBatch((now) => now && giveUp(now, id));
    },
  };
}

/** The samples that were asked for with the panel: of a round, of a query, or one answer. */
function placeOf({ round, query, answer }: PanelProps<"rate">["input"]): Partial<ParamsOf<"sparring/sample/next">> {
  return {
    ...(round !== undefined && { first: round, last: round }),
    ...(query !== undefined && { only: { query, answer } }),
  };
}

/** Sends an errand. @returns how many ratings stand */
async function send(host: Host, errand: Errand<NewRating>): Promise<number | undefined> {
  if (errand.kind === "add") {
    const { run, entry: rating } = errand;
    return (await host.ask("sparring/sample/rate", { run, rating })).ratings;
  }
  try {
    return (await host.ask("sparring/sample/unrate", { run: errand.run, id: errand.id })).ratings;
  } catch (error) {
    // A rating whose sending broke off may never have arrived: then there is nothing to take back.
    if (error instanceof AskError && error.problem.code === "store/unknown-rating") return undefined;
    throw error;
  }
}
