import type { RoundFacts } from "../documents/round-head.ts";
import type { Method, NotificationParamsOf, Progress, ResultOf, RunOverview, ValidParamsOf } from "../protocol.ts";
import type { Errand } from "../runs/interactive/errand.ts";

type Verb<M extends Method> = (params: ValidParamsOf<M>) => Promise<ResultOf<M>>;
type CancellableVerb<M extends Method> = (params: ValidParamsOf<M>, signal: AbortSignal) => Promise<ResultOf<M>>;
type LongVerb<M extends Method> = (params: ValidParamsOf<M>, errand: Errand) => Promise<ResultOf<M>>;

/** What the server asks of the runs: one method a verb, and what clients are told unasked. */
export interface RunControl {
  readonly start: Verb<"sparring/run/start">;
  readonly fork: Verb<"sparring/run/fork">;
  readonly pause: Verb<"sparring/run/pause">;
  readonly resume: Verb<"sparring/run/resume">;
  readonly stop: Verb<"sparring/run/stop">;
  readonly agree: Verb<"sparring/run/agree">;
  readonly list: Verb<"sparring/run/list">;
  readonly get: Verb<"sparring/run/get">;
  readonly log: Verb<"sparring/run/log">;
  readonly rounds: Verb<"sparring/round/list">;
  readonly round: Verb<"sparring/round/get">;
  readonly checkpoints: Verb<"sparring/checkpoint/list">;
  readonly chat: CancellableVerb<"sparring/checkpoint/chat">;
  readonly exportWeights: LongVerb<"sparring/checkpoint/export">;
  readonly evaluate: LongVerb<"sparring/checkpoint/evaluate">;
  readonly exportSamples: LongVerb<"sparring/sample/export">;
  readonly replay: CancellableVerb<"sparring/sample/replay">;
  readonly nextSamples: Verb<"sparring/sample/next">;
  readonly rate: Verb<"sparring/sample/rate">;
  readonly unrate: Verb<"sparring/sample/unrate">;
  readonly ratings: Verb<"sparring/rating/list">;
  readonly agreement: Verb<"sparring/judge/agreement">;

  /** Configs as texts, before a run is made of them. */
  readonly drafts: {
    check: Verb<"sparring/config/check">;
    text: Verb<"sparring/run/config">;
    changes: Verb<"sparring/run/changes">;
    estimate: Verb<"sparring/engine/estimate">;
  };
  /** Rounds as an editor shows them. */
  readonly views: {
    series: Verb<"sparring/round/series">;
    tokens: Verb<"sparring/round/tokens">;
    version(params: ValidParamsOf<"sparring/round/document">): Promise<string | undefined>;
    facts(params: ValidParamsOf<"sparring/round/document">): Promise<RoundFacts>;
  };
  /** Two weights side by side, and what a person prefers. */
  readonly comparisons: {
    compare: LongVerb<"sparring/checkpoint/compare">;
    pick: Verb<"sparring/comparison/pick">;
    unpick: Verb<"sparring/comparison/unpick">;
    picks: Verb<"sparring/comparison/list">;
  };

  /** @throws SparringError `store/unknown-run` */
  overview(run: string): Promise<RunOverview>;
  /** The newest snapshot of a run that is in memory. */
  progress(run: string): Progress | undefined;
  /** Runs that end with this process: queued, starting, running, paused. */
  activeRuns(): readonly string[];
  device(): ResultOf<"sparring/daemon/status">["device"];

  /** A run came into being or into another state. @returns the unsubscriber */
  on(event: "changed", listener: (overview: RunOverview) => void): () => void;
  /** There is a newer snapshot of a run; may be called hundreds of times a second. */
  on(event: "progress", listener: (run: string) => void): () => void;
  /** Alarms began with a round. */
  on(event: "alarm", listener: (alarm: NotificationParamsOf<"sparring/alarm">) => void): () => void;
  on(event: "ratings", listener: (change: { run: string; ratings: number }) => void): () => void;
}
