import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Pick, Problem } from "../../daemon/protocol.ts";
import { Outbox, type Waiting } from "../rate/outbox.ts";
import { AskError, problemOf } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import type { PanelProps } from "../shared/mount.tsx";
import { forget, type Judging, newJudging, pick, unpick } from "./judging.ts";
import { type Kept, keptFor } from "./kept.ts";
import { newSetup, type Request, requestOf, type Setup } from "./setup.ts";
import type { Verdict } from "./sides.ts";

/** How far a comparison under way is. */
export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** The panel's work: a setup, its answers once they are played, and the picks. */
export interface Comparison {
  readonly setup: Setup;
  readonly request: Request;
  /** Undefined before answers are there. */
  readonly judging: Judging | undefined;
  /** While answers are played. */
  readonly progress: Progress | undefined;
  readonly problem: Problem | undefined;
  readonly waiting: Waiting<Pick>;
  /** Grows with each pick that the daemon has taken or taken back. */
  readonly saved: number;
  readonly change: (change: Partial<Setup>) => void;
  readonly start: () => void;
  readonly cancel: () => void;
  readonly pick: (verdict: Verdict) => void;
  readonly unpick: () => void;
  readonly judge: (change: (judging: Judging) => Judging) => void;
  readonly retry: () => void;
  readonly giveUp: () => void;
}

/** The comparison of one input; it goes on where an earlier panel was left. */
export function useComparison({ host, input, settings: { rater }, connection }: PanelProps<"compare">): Comparison {
  const kept = useMemo(() => keptFor(host.state.get(), input), [host, input]);
  const [setup, setSetup] = useState(() => kept.setup ?? openingSetup(input));
  const [judging, setJudging] = useState(kept.judging);
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState<Problem>();
  const [saved, setSaved] = useState(0);
  const [waiting, setWaiting] = useState<Waiting<Pick>>({ errands: kept.errands ?? [], problem: undefined });
  const outbox = useMemo(
    () =>
      new Outbox<Pick>(
        kept.errands ?? [],
        async (errand) => {
          if (errand.kind === "add") await host.ask("sparring/comparison/pick", { pick: errand.entry });
          else await takeBack(host, errand.run, errand.id);
          setSaved((n) => n + 1);
        },
        problemOf,
        setWaiting,
      ),
    [host, kept],
  );
  useEffect(() => () => outbox.close(), [outbox]);
  const isConnected = connection.state === "connected";
  useEffect(() => {
    if (isConnected) outbox.retry();
  }, [isConnected, outbox]);
  useLayoutEffect(() => {
    host.state.set({ format: 1, input, setup, judging, errands: waiting.errands } satisfies Kept);
  }, [host, input, setup, judging, waiting.errands]);

  const underWay = useRef<AbortController>(undefined);
  useEffect(() => () => underWay.current?.abort(), []);
  const request = useMemo(() => requestOf(setup), [setup]);
  const start = (): void => {
    if (!("params" in request) || underWay.current) return;
    const cancel = new AbortController();
    underWay.current = cancel;
    const task = crypto.randomUUID();
    setProblem(undefined);
    setProgress({ what: "waits for the device", done: 0, total: 0 });
    const stop = host.on("sparring/task/progress", (told) => told.task === task && setProgress(told));
    host
      .ask("sparring/checkpoint/compare", { ...request.params, task }, { signal: cancel.signal })
      .then(
        (result) => setJudging(newJudging(setup, result)),
        (error) => !cancel.signal.aborted && setProblem(problemOf(error)),
      )
      .finally(() => {
        stop();
        underWay.current = undefined;
        setProgress(undefined);
      });
  };

  return {
    setup,
    request,
    judging,
    progress,
    problem,
    waiting,
    saved,
    change: (change) => setSetup((now) => ({ ...now, ...change })),
    start,
    cancel: () => underWay.current?.abort(),
    pick: (verdict) => {
      const made = judging && pick(judging, verdict, { id: crypto.randomUUID(), rater });
      if (!made) return;
      setJudging(made.judging);
      outbox.add(made.pick.sides[0]!.run, made.pick.id, made.pick);
    },
    unpick: () => {
      const taken = judging && unpick(judging);
      if (!taken) return;
      setJudging(taken.judging);
      outbox.remove(taken.pick.sides[0]!.run, taken.pick.id);
    },
    judge: (change) => setJudging((now) => now && change(now)),
    retry: () => outbox.retry(),
    giveUp: () => {
      const id = outbox.giveUp();
      if (id !== undefined) setJudging((now) => now && forget(now, id));
    },
  };
}

/** The run's newest weights against its base, unless the panel was opened for others. */
function openingSetup({ run, weights, against }: PanelProps<"compare">["input"]): Setup {
  return newSetup({ run, weights: weights ?? "current" }, against ?? { run, weights: "reference" });
}

async function takeBack(host: Host, run: string, id: string): Promise<void> {
  try {
    await host.ask("sparring/comparison/unpick", { run, id });
  } catch (error) {
    // A pick whose sending broke off may never have arrived: then there is nothing to take back.
    if (!(error instanceof AskError) || error.problem.code !== "store/unknown-pick") throw error;
  }
}
