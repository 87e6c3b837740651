import type { Method } from "../../daemon/protocol.ts";
import type { PanelName, panelVerbs } from "../../webview/shared/messages.ts";

/**
 * What each panel may ask the daemon for. The list is the contract's (webview/shared/messages.ts), of which an extension may
 * import types only: this one does not compile when it differs from it.
 */
const verbs: typeof panelVerbs = {
  rounds: [
    "sparring/run/list",
    "sparring/run/get",
    "sparring/run/pause",
    "sparring/run/resume",
    "sparring/run/stop",
    "sparring/round/series",
    "sparring/round/list",
    "sparring/round/get",
    "sparring/round/tokens",
    "sparring/rating/list",
    "sparring/checkpoint/list",
    "sparring/sample/replay",
  ],
  rate: [
    "sparring/run/get",
    "sparring/sample/next",
    "sparring/sample/rate",
    "sparring/sample/unrate",
    "sparring/rating/list",
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
};

/** The panels, in the contract's order. */
export const panelNames = Object.keys(verbs) as readonly PanelName[];

/** Whether a panel may use a verb. */
export function mayAsk(panel: PanelName, method: string): method is Method {
  return (verbs[panel] as readonly string[]).includes(method);
}
