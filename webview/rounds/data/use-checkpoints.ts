import { useEffect, useMemo } from "preact/hooks";
import { useAnswer } from "../../shared/answer.ts";
import type { Connection } from "../../shared/host.ts";
import type { Host } from "../../shared/messages.ts";
import { numberSetting } from "../header/facts.ts";
import type { RunDetails } from "./records.ts";

/** Rounds with a checkpoint; asked for again when the run has passed one that is due. */
export function useCheckpoints(
  host: Host,
  connection: Connection,
  run: string,
  finished: number | null,
  details: RunDetails | undefined,
): readonly number[] {
  const every = (details && numberSetting(details.config, "checkpoints.every")) ?? 1;
  const due = Math.floor((finished ?? 0) / every);
  const { value, again } = useAnswer(host, connection, "sparring/checkpoint/list", { run });
  useEffect(() => {
    if (due > 0) again();
  }, [due, details?.overview.state, again]);
  return useMemo(() => value?.checkpoints.map(({ round }) => round) ?? [], [value]);
}
