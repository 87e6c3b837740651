import type { EditorCommand, EditorCommands } from "../../daemon/editor.ts";
import type {
  Method,
  NotificationMethod,
  NotificationParamsOf,
  ParamsOf,
  Problem,
  ResultOf,
} from "../../daemon/protocol.ts";

/** What a panel opens with, and is told again when the editor shows another thing in the same panel. */
export interface PanelInputs {
  readonly rounds: { readonly run: string; readonly round?: number; readonly query?: number };
  readonly rate: { readonly run: string; readonly round?: number; readonly query?: number; readonly answer?: number };
  readonly compare: {
    readonly run: string;
    readonly weights?: "current" | "reference" | { readonly checkpoint: number };
    readonly against?: {
      readonly run: string;
      readonly weights: "current" | "reference" | { readonly checkpoint: number };
    };
  };
  readonly lineage: { readonly run?: string };
}

export type PanelName = keyof PanelInputs;

/**
 * The daemon's verbs that each panel may ask for: the host passes on no others. The rate panel may ask for a round's scores, and does
 * so only for an answer whose rating is saved (`webview/rate/use-judgement.ts`).
 */
export const panelVerbs = {
  rounds: [
    "sparring/run/list",
    "sparring/run/get",
    "sparring/round/series",
    "sparring/round/list",
    "sparring/round/get",
    "sparring/round/tokens",
    "sparring/rating/list",
    "sparring/checkpoint/list",
  ],
  rate: [
    "sparring/run/get",
    "sparring/sample/next",
    "sparring/sample/rate",
    "sparring/sample/unrate",
    "sparring/rating/list",
    "sparring/judge/agreement",
    "sparring/round/get",
  ],
  compare: [
    "sparring/run/list",
    "sparring/run/get",
    "sparring/checkpoint/list",
    "sparring/checkpoint/compare",
    "sparring/comparison/pick",
    "sparring/comparison/unpick",
    "sparring/comparison/list",
  ],
  lineage: ["sparring/run/list", "sparring/run/get", "sparring/round/series", "sparring/checkpoint/list"],
} as const satisfies Record<PanelName, readonly Method[]>;

/** Whether the editor can reach the daemon. */
export type ConnectionState = "connected" | "connecting" | "away";

/** From a webview to its host. */
export type ToHost =
  /** The panel's script runs; the host answers with `open`, then `connection`. */
  | { readonly type: "ready" }
  | { readonly type: "ask"; readonly id: number; readonly method: Method; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "command"; readonly command: EditorCommand; readonly args: unknown }
  /** Which run's snapshots it wants; none, if left out. */
  | { readonly type: "watch"; readonly run?: string }
  /** Its title in the editor's tab. */
  | { readonly type: "title"; readonly title: string };

/** From a host to its webview. */
export type FromHost =
  | { readonly type: "open"; readonly panel: PanelName; readonly input: unknown; readonly settings: PanelSettings }
  | { readonly type: "connection"; readonly state: ConnectionState; readonly why?: string }
  | { readonly type: "answer"; readonly id: number; readonly result: unknown }
  | { readonly type: "failure"; readonly id: number; readonly problem: Problem }
  /** A notification of the daemon; after a new connection the panel asks again for what it shows. */
  | { readonly type: "told"; readonly method: NotificationMethod; readonly params: unknown };

/** What a person has set in the editor, as far as panels need it. */
export interface PanelSettings {
  /** Who rates. */
  readonly rater: string;
}

/** What panels may do; `host.ts` implements it over `postMessage`, and a test page over recorded data. */
export interface Host {
  ask<M extends Method>(
    method: M,
    params: ParamsOf<M>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ResultOf<M>>;
  /** Runs a command of the editor. */
  run<C extends EditorCommand>(command: C, args: EditorCommands[C]): void;
  watch(run: string | undefined): void;
  setTitle(title: string): void;
  on<M extends NotificationMethod>(method: M, listener: (params: NotificationParamsOf<M>) => void): () => void;
  onConnection(listener: (state: ConnectionState, why: string | undefined) => void): () => void;
  /**
   * What is selected and unfolded, and what a person has entered and the daemon has not yet; of data only what asking for again
   * would change (a batch of samples) or cost the device (answers that are compared).
   */
  readonly state: { get(): unknown; set(state: unknown): void };
}
