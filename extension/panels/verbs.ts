import type { Method } from "../../daemon/protocol.ts";
import { type PanelName, panelVerbs } from "../../webview/shared/messages.ts";

/** The panels, in the contract's order. */
export const panelNames = Object.keys(panelVerbs) as readonly PanelName[];

/** Whether a panel may use a verb. */
export function mayAsk(panel: PanelName, method: string): method is Method {
  return (panelVerbs[panel] as readonly string[]).includes(method);
}
