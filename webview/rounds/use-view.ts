import { useEffect, useState } from "preact/hooks";
import type { Host, PanelInputs } from "../shared/messages.ts";
import { initialView, restoredView, type ViewState } from "./view-state.ts";

/** The view's state: as the panel was opened, or as it was left. */
export function useView(
  host: Host,
  input: PanelInputs["rounds"],
): [ViewState, (next: (former: ViewState) => ViewState) => void] {
  const [view, setView] = useState<ViewState>(
    () =>
      (input.round === undefined ? restoredView(host.state.get(), input.run) : undefined) ??
      initialView(input.run, input.round, input.query),
  );
  // The editor may show another run or round in the same panel.
  const [opened, setOpened] = useState(input);
  if (opened !== input) {
    setOpened(input);
    setView(
      view.run === input.run
        ? { ...view, round: input.round ?? view.round, query: input.query ?? view.query }
        : initialView(input.run, input.round, input.query),
    );
  }
  useEffect(() => host.state.set(view), [host, view]);
  return [view, setView];
}
