import type { PanelInputs, PanelName } from "../../webview/shared/messages.ts";

/** Panels of one key are one panel: the same run's rounds are not opened twice, but rounds of two runs stand side by side. */
export function keyOf<N extends PanelName>(panel: N, input: PanelInputs[N]): string {
  return panel === "lineage" ? panel : `${panel}:${input.run}`;
}

/** The tab's title until the panel says a better one. */
export function titleOf<N extends PanelName>(panel: N, input: PanelInputs[N]): string {
  const names: Readonly<Record<PanelName, string>> = {
    rounds: "Rounds",
    rate: "Rate",
    compare: "Compare",
    lineage: "Lineage",
  };
  return input.run === undefined || panel === "lineage" ? names[panel] : `${names[panel]}: ${input.run}`;
}
