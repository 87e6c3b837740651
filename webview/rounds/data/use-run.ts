import { useEffect, useState } from "preact/hooks";
import type { Progress, RunOverview } from "../../../daemon/protocol.ts";
import { type Answer, useAnswer } from "../../shared/answer.ts";
import type { Connection } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import type { RunDetails } from "./records.ts";

/** A run as the panel follows it. */
export interface FollowedRun {
  readonly details: Answer<RunDetails>;
  /** Newer than the details' own. */
  readonly overview: RunOverview | undefined;
  /** The last finished round; null before the first. Changes once a round, not with each snapshot. */
  readonly finished: number | null;
}

/** Watches a run. Its details are asked for again when it comes into another state. */
export function useRun(host: Host, connection: Connection, run: string): FollowedRun {
  const details = useAnswer(host, connection, "sparring/run/get", { run });
  const [told, setTold] = useState<RunOverview>();
  const [finished, setFinished] = useState<{ readonly run: string; readonly round: number | null }>();
  const { again, value } = details;

  useEffect(() => {
    host.watch(run);
    return () => host.watch(undefined);
  }, [host, run]);

  useEffect(() => {
    const stops = [
      host.on("sparring/run/changed", (overview) => {
        if (overview.id !== run) return;
        setTold(overview);
        again();
      }),
      host.on("sparring/round/progress", (progress) => {
        if (progress.run !== run) return;
        setFinished((former) =>
          former?.run === run && former.round === progress.finished ? former : { run, round: progress.finished },
        );
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [host, run, again]);

  // What the daemon answered is newer than what it told before that.
  useEffect(() => {
    if (value?.overview.id !== run) return;
    setTold(value.overview);
    setFinished({ run, round: value.progress?.finished ?? value.overview.round });
  }, [value, run]);

  // Until the effects above have run, the answer itself.
  const overview = [told, value?.overview].find((one) => one?.id === run);
  const round = finished?.run === run ? finished.round : null;
  return { details, overview, finished: round ?? overview?.round ?? null };
}

/** The newest snapshot of a watched run, for the few parts that change with each. */
export function useProgress(host: Host, run: string, first: Progress | null): Progress | null {
  const [progress, setProgress] = useState<Progress | null>(first);
  useEffect(() => setProgress(first), [first]);
  useEffect(
    () => host.on("sparring/round/progress", (snapshot) => snapshot.run === run && setProgress(snapshot)),
    [host, run],
  );
  return progress?.run === run ? progress : null;
}
