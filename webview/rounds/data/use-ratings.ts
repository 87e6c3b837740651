import { useEffect, useState } from "preact/hooks";
import type { Connection } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import type { Rating } from "./records.ts";

/** All ratings of a run that stand, fetched again when one is made or taken back. */
export function useRatings(host: Host, connection: Connection, run: string): readonly Rating[] {
  const [ratings, setRatings] = useState<readonly Rating[]>([]);
  const [changes, setChanges] = useState(0);
  useEffect(
    () => host.on("sparring/rating/changed", (changed) => changed.run === run && setChanges((n) => n + 1)),
    [host, run],
  );
  // `changes` is among the inputs to ask again.
  useEffect(() => {
    if (connection.state !== "connected") return;
    const cancel = new AbortController();
    fetchRatings(host, run, cancel.signal).then(
      (all) => !cancel.signal.aborted && setRatings(all),
      (error) => !cancel.signal.aborted && console.error(error),
    );
    return () => cancel.abort();
  }, [host, connection.state, run, changes]);
  return ratings;
}

async function fetchRatings(host: Host, run: string, signal: AbortSignal): Promise<Rating[]> {
  const ratings: Rating[] = [];
  for (let more = true; more; ) {
    const page = await host.ask("sparring/rating/list", { run, from: ratings.length }, { signal });
    ratings.push(...page.ratings);
    more = page.more;
  }
  return ratings;
}
