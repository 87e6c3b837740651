import type { EngineNotice } from "../engine/engine.ts";
import type { QueryRecord, RoundRecord, RunRecord } from "../store/records.ts";

/** The phases of a round, in order; `evaluate` runs every `eval.every` rounds. */
export const phases = ["challenge", "solve", "judge", "reference", "update", "evaluate", "record"] as const;
export type Phase = (typeof phases)[number];

/** What a run tells its watchers. Progress events are complete snapshots: a watcher needs no history. */
export type RunEvent =
  | {
      readonly type: "started";
      readonly run: RunRecord;
      readonly dir: string;
      readonly firstRound: number;
      readonly rounds: number;
      readonly device: string;
      readonly warnings: readonly string[];
      /** The rounds that earlier sessions finished. */
      readonly history: readonly RoundRecord[];
    }
  | {
      readonly type: "progress";
      readonly round: number;
      readonly rounds: number;
      readonly phase: Phase;
      readonly done: number;
      readonly total: number;
    }
  /** The engine changed something by itself. The round that it happened in notes it, too. */
  | { readonly type: "notice"; readonly notice: EngineNotice }
  | {
      readonly type: "round";
      readonly record: RoundRecord;
      readonly rounds: number;
      readonly queries: readonly QueryRecord[];
    }
  | {
      readonly type: "finished";
      readonly run: RunRecord;
      readonly dir: string;
      readonly rounds: number;
      readonly seconds: number;
    };
